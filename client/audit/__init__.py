"""Verifies the audit log offline, with its public key and the checkpoints seen before."""

from client.audit.bundle import Bundle, archive_bundles
from client.audit.merkle import Edge, proves_consistency, proves_inclusion
from client.audit.note import InvalidLog, LogKey
from client.audit.verifier import VerificationReport, Verifier

__all__ = [
    "Bundle",
    "Edge",
    "InvalidLog",
    "LogKey",
    "VerificationReport",
    "Verifier",
    "archive_bundles",
    "proves_consistency",
    "proves_inclusion",
]  # fmt: skip
