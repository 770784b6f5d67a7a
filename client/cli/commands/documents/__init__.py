"""`cloister documents`, `ingest` and `sources`: documents and synchronised folders."""
