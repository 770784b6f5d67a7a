"""Stand-ins and running services for the service tests."""
