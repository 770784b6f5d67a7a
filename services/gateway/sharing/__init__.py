"""Conversations that are shared with colleagues, each inside their own rights."""
