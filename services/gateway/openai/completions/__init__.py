"""Completions: of a conversation, and of a text as older clients send it."""
