"""Who may connect to the bus from outside: the NATS auth callout."""
