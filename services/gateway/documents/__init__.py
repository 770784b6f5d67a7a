"""The HTTP routes of documents: upload, read, revisions, access."""
