"""Who asks in, what they may see of a source out."""
