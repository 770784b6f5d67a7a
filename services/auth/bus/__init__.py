"""Admits business systems to the bus: the NATS auth callout."""
