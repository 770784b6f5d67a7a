"""For administrators: draft `connectors.toml` from a database, and check what it opens to whom."""
