"""What other programs import: the HTTP client and the bus client."""
