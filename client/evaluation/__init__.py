"""Measures search quality: questions with known documents, metrics, and an HTML report."""
