"""Folders that `cloister ingest --watch` keeps in step with a workspace, as they report themselves."""
