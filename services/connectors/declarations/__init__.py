"""What `connectors.toml` declares: sources, tables, columns, row filters and named queries."""
