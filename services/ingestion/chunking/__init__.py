"""Pages to chunks, and chunks to batches."""
