"""`cloister ask`, `search` and `evaluate`."""
