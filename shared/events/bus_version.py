"""The oldest nats-server that may carry these events; services and clients refuse or report older ones."""

import re

OLDEST = (2, 14, 3)  # before it: permission and account holes, secnote-2026-16, -18, -26


def too_old(version: str) -> bool:
    """Whether a server of this version is refused."""
    return tuple(map(int, re.findall(r"\d+", version)[:3])) < OLDEST


def oldest() -> str:
    """The oldest version that is accepted."""
    return ".".join(map(str, OLDEST))
