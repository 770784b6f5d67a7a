"""Rewrites SQL to the permitted rows and columns, and rejects everything else."""

from services.connectors.guard.rewrite import guarded

__all__ = ["guarded"]
