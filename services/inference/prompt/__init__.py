"""Builds the prompt from question and passages within the model's context window."""
