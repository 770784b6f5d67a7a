"""Hybrid search: dense and BM25 search, fusion, reranking, answerability and the access check."""
