"""What went wrong, in words to show and a code to decide by."""


class Refused(Exception):
    """`error` says what happened and what to do, `reason` is a stable code (docs/reasons.md), `status` is HTTP's."""

    def __init__(self, reason: str, error: str, status: int = 400, retry_after: float | None = None) -> None:
        super().__init__(error)
        self.reason, self.error, self.status, self.retry_after = reason, error, status, retry_after


class Unreachable(Refused):
    """Nobody answers at the address."""

    def __init__(self, error: str) -> None:
        super().__init__("unreachable", error, 503)


class TimedOut(Refused):
    """Nobody waits any longer; the answer may still come and can be asked for again with the same key."""

    def __init__(self, error: str) -> None:
        super().__init__("timed_out", error, 504)
