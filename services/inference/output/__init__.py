"""Sanitises the output of a model and adds citations while it streams."""
