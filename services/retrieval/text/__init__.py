"""Tokenizes text of every script and computes BM25 weights."""
