"""Files of one conversation: read for it, found by its questions alone, gone with it."""
