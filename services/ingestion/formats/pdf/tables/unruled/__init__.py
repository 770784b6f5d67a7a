"""Tables without lines."""
