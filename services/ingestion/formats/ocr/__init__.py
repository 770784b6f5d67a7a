"""Scanned pages and pictures of text."""
