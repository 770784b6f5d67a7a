"""NATS: permissions, keys, configuration, and a server for one machine."""
