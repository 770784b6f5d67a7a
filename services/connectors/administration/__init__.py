"""Drafts `connectors.toml` from a database, and checks what it opens to whom."""
