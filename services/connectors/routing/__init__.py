"""Decides whether a question is about documents, data or both."""
