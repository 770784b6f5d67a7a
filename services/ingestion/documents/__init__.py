"""Documents and their revisions: upload, access, lifecycle, deletion."""
