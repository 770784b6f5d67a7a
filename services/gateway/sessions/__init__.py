"""Browser sessions: a cookie that says nothing, tokens that stay on the server."""
