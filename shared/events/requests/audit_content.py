"""Requests to read kept texts of questions and answers."""

from typing import Literal

from pydantic import Field

from shared.events.message import Model, Request
from shared.events.moment import Moment


class ContentText(Model):
    """A redacted text; record `seq` commits to it (0: none does)."""

    field: str
    text: str
    at: Moment
    seq: int = 0


class Content(Model):
    """The texts of a query, or the `request` that waits until a second auditor agrees."""

    state: Literal["shown", "waiting"]
    query: str
    request: str = ""
    person: str = ""
    texts: tuple[ContentText, ...] = ()


class ReadContent(Request[Content], subject="log.content.v1"):
    """The kept texts of the query `about`, for an auditor who says why. The reading is recorded first."""

    capability: str = Field(repr=False)
    query: str
    about: str
    reason: str


class ReadingState(Model):
    """Who wants to read the texts of a query, why, and who agreed."""

    request: str
    query: str
    by: str
    reason: str
    at: Moment
    agreed_by: str = ""


class Readings(Model):
    """Requests of the last day, newest first."""

    requests: tuple[ReadingState, ...]


class ListReadings(Request[Readings], subject="log.readings.v1"):
    """Which requests to read are there?"""

    capability: str = Field(repr=False)
    query: str


class AgreeReading(Request[ReadingState], subject="log.agree.v1"):
    """A second auditor agrees that `request` may be read."""

    capability: str = Field(repr=False)
    query: str
    request: str
