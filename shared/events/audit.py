"""What gave up, and how the audit log shows that it can be written."""

from shared.events.message import Event


class StepFailed(Event, subject="failed.{service}"):
    """A step gave up on a message: expected (`Refused`) or after all attempts. `about` is the query or document."""

    service: str
    event: str
    about: str = ""
    client: str = ""
    error: str
    reason: str
    status: int = 500
    attempts: int = 1
    principal: str = ""
    key: str | None = None

    def identity(self) -> str | None:
        return f"{self.subject}:{self.service}:{self.event}:{self.about}" if self.about else None


class LogSeen(Event, subject="auditlog.seen.v1"):
    """The audit log shows once a second that it can be written, and its newest signed checkpoint; unstored.

    With a `problem` it cannot: no question is taken until it can.
    """

    checkpoint: str = ""
    problem: str = ""
