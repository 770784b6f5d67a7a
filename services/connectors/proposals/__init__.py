"""Queries that a model proposes: measures, dimensions, filters and order, as JSON; never SQL."""
