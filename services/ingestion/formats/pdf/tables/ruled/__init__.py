"""Tables between ruled lines."""
