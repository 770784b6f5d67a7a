"""Errors: a message to show and a code to decide by."""


class Refused(Exception):
    """`error` says what happened and what to do, `reason` is a stable code (docs/reasons.md), `status` is HTTP."""

    def __init__(self, reason: str, error: str, status: int = 400, retry_after: float | None = None) -> None:
        super().__init__(error)
        self.reason, self.error, self.status, self.retry_after = reason, error, status, retry_after


class Unreachable(Refused):
    """No answer at the address."""

    def __init__(self, error: str) -> None:
        super().__init__("unreachable", error, 503)


class TimedOut(Refused):
    """The time is over. The answer may still come; the same key returns it."""

    def __init__(self, error: str) -> None:
        super().__init__("timed_out", error, 504)
