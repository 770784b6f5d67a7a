"""The vector index: its protocol, the embedded and the server adapter, and reindexing."""
