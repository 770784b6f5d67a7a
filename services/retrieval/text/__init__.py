"""Tokens and BM25 weights of text in every script."""
