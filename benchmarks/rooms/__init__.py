"""What the recipes of the pages do with many clients: numbers for `make rooms`."""
