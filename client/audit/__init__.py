"""Checking the audit log from outside: with the public key alone, offline, against what was seen before."""

from client.audit.bundle import Bundle, archive_bundles
from client.audit.merkle import Edge, proves_consistency, proves_inclusion
from client.audit.note import Broken, LogKey
from client.audit.verifier import Report, Verifier

__all__ = [
    "Broken", "Bundle", "Edge", "LogKey", "Report", "Verifier",
    "archive_bundles", "proves_consistency", "proves_inclusion",
]  # fmt: skip
