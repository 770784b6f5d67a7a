"""Failed steps, and the readiness of the audit log."""

from typing import Any, Literal

from pydantic import Field

from shared.events.access import Principal
from shared.events.message import Event
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
    values: dict[str, str | int] = Field(default_factory=dict)

    def identity(self) -> str | None:
        return f"{self.subject}:{self.service}:{self.event}:{self.about}" if self.about else None


class LogSeen(Event, subject="auditlog.seen.v1"):
    """The audit log shows once a second that it can be written, and its newest signed checkpoint; unstored.

    With a `problem` it cannot: no question is taken until it can.
    """

    checkpoint: str = ""
    problem: str = ""


class AuditRead(Event, subject="audit.read.v1"):
    """An auditor reads the audit log: with which filter, and why when a reason was given. Kept before they see it."""

    principal: Principal
    filter: dict[str, Any] = Field(default_factory=dict)
    form: Literal["records", "export", "bundles", "content"] = "records"
    reason: str = ""
    about: str = ""


class ReadingRequested(Event, subject="audit.requested.v1"):
    """An auditor wants to read the kept texts of query `about`, which takes a second one who agrees."""

    principal: Principal
    about: str
    request: str
    reason: str


class ReadingAgreed(Event, subject="audit.agreed.v1"):
    """A second auditor agreed that the texts of query `about` may be read."""

    by: str
    about: str
    request: str


class HoldChanged(Event, subject="audit.held.v1"):
    """A legal hold on a person, workspace or query was placed or lifted, by whom and why."""

    about: str
    act: Literal["place", "lift"]
    by: str
    reason: str


class AnomalyDetected(Event, subject="audit.alerted.v1"):
    """A rule's threshold was passed with record `seq`; `value` is what was counted, `act` what follows."""

    principal: Principal
    seq: int
    rule: str
    why: str = ""
    value: float
    act: Literal["note", "alert", "ban", "lock"]
    until: Moment | None = None

    def identity(self) -> str | None:
        return f"{self.subject}:{self.rule}:{self.principal.id}:{self.seq}"


class BanChanged(Event, subject="audit.banned.v1"):
    """Somebody is kept out until `until` (`ban`) or for good (`lock`), or is let in again (`lift`)."""

    principal: str
    act: Literal["ban", "lock", "lift"]
    until: Moment | None = None
    rule: str = ""
    by: str


class AlertAcknowledged(Event, subject="audit.acknowledged.v1"):
    """Somebody looked at the alert that is record `about`, and says what they found."""

    about: str
    by: str
    note: str = ""


class PersonErased(Event, subject="audit.erased.v1"):
    """What a person asked and was answered was taken away, everywhere; `counts` say how much of what.

    Every owner takes away what is older than `before`.
    """

    about: str
    by: str
    reason: str
    counts: dict[str, int]
    before: Moment | None = None


class ConversationShared(Event, subject="audit.shared.v1"):
    """Somebody lets a colleague read a conversation (`about`) inside the colleague's own rights, or not any more."""

    about: str
    by: str
    to: str
    act: Literal["share", "revoke"]


class SessionsEnded(Event, subject="audit.sessions_ended.v1"):
    """Sessions of `about` in browsers were ended; `everywhere`: all, and the tokens of a local account."""

    about: str
    by: str
    sessions: tuple[str, ...]
    everywhere: bool


class PersonForgotten(Event, subject="audit.forgotten.v1"):
    """The service `owner` took away what it held of an erased person; `counts` say how much of what."""

    about: str
    owner: str
    counts: dict[str, int]
