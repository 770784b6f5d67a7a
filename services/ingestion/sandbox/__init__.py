"""Each file is read in a limited process of its own."""
