"""Failures that are expected: told once to the caller, never retried."""


class Refused(Exception):
    """What was asked cannot be done. `error` says what happened and what to do, `reason` is a stable code, `status` is HTTP's."""

    def __init__(self, reason: str, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.reason = reason
        self.error = error
        self.status = status


class Conflict(Exception):
    """Another writer stored this subject first; its message is the one that counts."""


class NotReady(RuntimeError):
    """Something this process needs is missing; the message names it and the remedy."""
