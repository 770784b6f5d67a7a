"""Requests between services, by what they are about."""
