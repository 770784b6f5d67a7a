"""SQL databases of the services, their outbox and column types."""
