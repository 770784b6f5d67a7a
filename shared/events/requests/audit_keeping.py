"""Requests about legal holds and erasure."""

from pydantic import Field

from shared.events.message import Model, Request
from shared.events.moment import Moment


class HoldState(Model):
    """A legal hold on `person:…`, `app:…`, `workspace:…` or `query:…`."""

    about: str
    by: str
    reason: str
    since: Moment


class LegalHolds(Model):
    """The oldest first."""

    holds: tuple[HoldState, ...]


class ReadHolds(Request[LegalHolds], subject="log.holds.v1"):
    """All holds; with `person` those that cover them, their queries and the workspaces in which they asked."""

    person: str | None = None


class PlaceHold(Request[HoldState], subject="log.hold.v1"):
    """Keep everything of `about` until the hold is lifted. For administrators and auditors."""

    capability: str = Field(repr=False)
    query: str
    about: str
    reason: str


class LiftHold(Request[HoldState], subject="log.unhold.v1"):
    """The hold ends; what it was. For administrators and auditors."""

    capability: str = Field(repr=False)
    query: str
    about: str
    reason: str


class Subjects(Model):
    """Subjects of stored answers; `next` is the `after` of the next page."""

    subjects: tuple[str, ...]
    next: int = 0


class AnswersOf(Request[Subjects], subject="log.answers.v1"):
    """Where the answers that a person got before then are stored. The gateway alone may ask; it erases them."""

    person: str
    before: Moment
    after: int = 0
