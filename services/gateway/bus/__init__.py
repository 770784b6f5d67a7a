"""Questions that business systems publish on the bus."""
