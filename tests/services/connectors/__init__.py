"""Tests of the connectors service."""
