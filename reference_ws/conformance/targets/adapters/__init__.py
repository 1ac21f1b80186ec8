"""The adapters that the suite comes with: how each of these packages names what is documented."""
