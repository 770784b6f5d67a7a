"""Hybrid search: legs, fusion, reranking, answerability and the access check."""
