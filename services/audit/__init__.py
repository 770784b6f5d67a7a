"""The audit log: records every event in a Merkle tree."""

from services.audit.handlers import service

__all__ = ["service"]
