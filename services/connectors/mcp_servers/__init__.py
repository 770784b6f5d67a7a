"""Tools of other MCP servers as sources: those of an allow-list that only read, called as whoever asks."""
