"""SQL in, the same query over the permitted rows and columns out; anything else is refused."""

from services.connectors.guard.rewrite import guarded

__all__ = ["guarded"]
