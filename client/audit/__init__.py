"""Verifies the audit log offline, with its public key and the checkpoints seen before."""

from client.audit.bundle import Bundle, archive_bundles
from client.audit.merkle import Edge, proves_consistency, proves_inclusion
from client.audit.note import Broken, LogKey
from client.audit.verifier import Report, Verifier

__all__ = [
    "Broken", "Bundle", "Edge", "LogKey", "Report", "Verifier",
    "archive_bundles", "proves_consistency", "proves_inclusion",
]  # fmt: skip
