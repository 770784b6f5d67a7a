"""Reads what PowerPoint computes when it shows a slide."""
