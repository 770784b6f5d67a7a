"""Detects what changed in a folder: scans, notifications, renames, stable reads."""
