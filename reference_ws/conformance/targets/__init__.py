"""What is tested: packages and classes, and the loader that puts them into a snippet's imports."""
