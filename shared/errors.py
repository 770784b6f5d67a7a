"""Expected failures: told to the caller once, never retried."""

from collections.abc import Mapping
from typing import Any

Values = Mapping[str, str | int]


class Refused(Exception):
    """It cannot be done: `error` says what happened and what to do, `reason` is a stable code, `status` is HTTP's.

    `retry_after` is when to try again, in seconds, where another try may bring more. `values` are what `error` tells of
    names, numbers and times, for programs that say it in words of their own.
    """

    def __init__(
        self,
        reason: str,
        error: str,
        status: int = 400,
        retry_after: float | None = None,
        values: Values | None = None,
    ) -> None:
        super().__init__(error)
        self.reason = reason
        self.error = error
        self.status = status
        self.retry_after = retry_after
        self.values = dict(values or {})

    @property
    def body(self) -> dict[str, Any]:
        """As JSON tells it: `{error, reason}`, and `values` where there are any."""
        return {"error": self.error, "reason": self.reason} | ({"values": self.values} if self.values else {})


class Conflict(Exception):
    """Another writer stored this subject first; its message is the one that counts."""


class NotReady(RuntimeError):
    """Something this process needs is missing; the message names it and the remedy."""


class Degraded(NotReady):
    """Something is wrong that keeps nobody from working: `/readyz` names it and stays ready."""


class Unavailable(Refused):
    """A part that is needed does not answer now. Handlers try again later; callers are told when to."""

    def __init__(self, error: str, reason: str = "unavailable", retry_after: float = 2) -> None:
        super().__init__(reason, error, 503, retry_after)


class RetryLater(Exception):
    """Not now: give the message back and offer it again after `seconds`."""

    def __init__(self, seconds: float, why: str) -> None:
        super().__init__(why)
        self.seconds = seconds
