"""Documents and their revisions: upload, rights, lifecycle, deletion."""
