"""Serves the web page (`web/dist`) with its caching and security headers."""
