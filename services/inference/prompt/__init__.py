"""Passages and a question as a prompt within the model's context window."""
