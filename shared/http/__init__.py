"""Limits, trusted hosts and headers in front of the routes of a service."""
