"""Browser sessions: an opaque cookie, and tokens that stay on the server."""
