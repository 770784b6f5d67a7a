"""Parses each file in a limited process of its own."""
