"""Administrators' commands, a file for each kind of thing."""
