"""What gave up, and the record."""

from pydantic import Field

from shared.events.message import Event, Model, Request
from shared.events.moment import Moment


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


class Record(Model):
    """One row of the trail. `digest` commits to the event's bytes with a salt kept apart."""

    seq: int
    at: Moment
    stream: str
    stream_seq: int
    subject: str
    event_id: str
    source: str
    about: str
    principal: str
    size: int
    digest: str


class Records(Model):
    """Rows in order, and the newest number there is."""

    records: tuple[Record, ...]
    last: int


class ReadAuditLog(Request[Records], subject="trail.read.v1"):
    """Rows after `after`; the capability must carry the role `auditor` or `admin`."""

    capability: str = Field(repr=False)
    query: str
    after: int = 0
    about: str | None = None
    limit: int = 500
