"""The HTTP client and the bus client that other programs import."""
