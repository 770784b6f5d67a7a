"""Keeps a folder and a workspace in sync."""
