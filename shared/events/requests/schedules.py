"""Questions that a clock or a machine asks: schedules, the moments at which they are due, and signals."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from shared.events.message import Event, Model, Request
from shared.events.moment import Moment
from shared.events.text import Title

Cell = str | int | float | bool | None


class Delivery(Model):
    """Where an answer goes: a business system hears its own as an event anyway."""

    kind: Literal["event", "email", "webhook", "file"]
    to: str = Field("", max_length=500)


class ScheduleSet(Event, subject="sched.{schedule}"):
    """A schedule of the bus: at each moment of its cron expression the server publishes to `due.<schedule>`."""

    schedule: str


class ScheduleDue(Event, subject="due.{schedule}"):
    """The moment has come. After an outage of the bus it comes once, then at the next moment again."""

    schedule: str


class Signal(Event, subject="signal.{client}"):
    """A reading or event of a machine or business system, published in EDGE. Rules say which become questions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client: str = ""
    name: str = Field(max_length=100)
    fields: dict[str, Cell] = Field(default_factory=dict)
    key: str | None = Field(None, min_length=1, max_length=200)


class ScheduleState(Model):
    """A scheduled question as its owner sees it; `next` are its next three moments."""

    schedule_id: str
    owner: str
    title: Title
    question: str
    workspace: str | None
    cron: str
    timezone: str
    delivery: tuple[Delivery, ...]
    next: tuple[Moment, ...] = ()
    last_state: str | None = None
    last_query: str | None = None
    last_error: str | None = None


class Schedules(Model):
    """One's own."""

    schedules: tuple[ScheduleState, ...]


class MakeSchedule(Request[ScheduleState], subject="connectors.make_schedule.v1"):
    """Ask `question` at each moment of `cron` (minute hour day month weekday) under the rights of who makes it."""

    capability: str = Field(repr=False)
    query: str
    title: Title
    question: str
    workspace: str | None = None
    cron: str
    timezone: str
    delivery: tuple[dict[str, Any], ...] = ()


class ListSchedules(Request[Schedules], subject="connectors.list_schedules.v1"):
    """The capability's principal's own."""

    capability: str = Field(repr=False)
    query: str


class RemoveSchedule(Request[ScheduleState], subject="connectors.remove_schedule.v1"):
    """Take one of one's own away."""

    capability: str = Field(repr=False)
    query: str
    schedule_id: str
