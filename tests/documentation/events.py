"""The tables of docs/events.md: who publishes and who consumes each event, read from the services themselves."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from services.__main__ import ALL
from shared.bus import Service
from shared.events import (
    EVENTS,
    Ask,
    Event,
    OutdatedCapabilityUsed,
    QueryAnswered,
    QueryStreamed,
    Request,
    ScheduleDue,
    ScheduleSet,
    Signal,
    StepFailed,
    requests,
)
from shared.streams import STREAMS
from shared.streams.consumers import covers

ROOT = Path(__file__).parents[2]
EVENT_HEAD = "| event | subject | published by | consumed by | meaning |\n| --- | --- | --- | --- | --- |"
REQUEST_HEAD = "| request | subject | answered by | reply | meaning |\n| --- | --- | --- | --- | --- |"
PUBLISHERS = {Ask: ["business systems"], StepFailed: ["every service"], OutdatedCapabilityUsed: ["every service"]}
PUBLISHERS |= {Signal: ["business systems"], ScheduleDue: ["the bus"]}
CONSUMERS = {QueryAnswered: ["business systems"], QueryStreamed: ["business systems"], ScheduleSet: ["the bus"]}


def lines() -> Iterator[str]:
    """Both tables."""
    yield from ["## Events", "", EVENT_HEAD, *event_rows(), ""]
    yield from ["## Requests", "", REQUEST_HEAD, *request_rows()]


def event_rows() -> Iterator[str]:
    """One row an event, in the order of the journeys."""
    for event in EVENTS:
        publishers = PUBLISHERS.get(event) or [name for name in ALL if publishes(name, event)]
        consumers = [name for name in ALL if consumes(name, event)] + CONSUMERS.get(event, [])
        yield _row(event, _list(publishers), _list(consumers), _meaning(event))


def request_rows() -> Iterator[str]:
    """One row a request, by subject."""
    for request in sorted(requests(), key=lambda each: each.subject):
        repliers = [name for name in ALL if any(_replies(edge, request) for edge in _service(name).edges)]
        yield _row(request, _list(repliers), f"`{request.reply.__name__}`", _meaning(request))


def publishes(service: str, event: type[Event]) -> bool:
    """Does the service declare that it publishes the event, or construct one?"""
    if any(event in events for events in _service(service).published.values()):
        return True
    return event.__name__ in _constructed(service)


def consumes(service: str, event: type[Event]) -> bool:
    """Does the service subscribe to the event, or to a stream that stores it?"""
    subject = re.sub(r"{\w+}", "*", event.subject)
    stores = {stream.name for stream in STREAMS if any(covers(pattern, subject) for pattern in stream.subjects)}
    for edge in _service(service).edges:
        if edge.kind in ("consume", "subscribe") and edge.message is event:
            return True
        if edge.kind == "batch" and stores & set(edge.message):
            return True
    return False


@cache
def _constructed(service: str) -> frozenset[str]:
    paths = sorted((ROOT / "services" / service).rglob("*.py"))
    return frozenset(name for path in paths for name in _calls(ast.parse(path.read_text())))


def _calls(tree: ast.AST) -> Iterator[str]:
    """Classes that are called, or whose `of` or `to` is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("of", "to"):
            yield node.func.value.id if isinstance(node.func.value, ast.Name) else ""


def _replies(edge: object, request: type[Request]) -> bool:
    return getattr(edge, "kind", "") == "reply" and getattr(edge, "message", None) is request


def _service(name: str) -> Service:
    found: Service = import_module(f"services.{name}").service
    return found


def _row(message: type[Event] | type[Request], *cells: str) -> str:
    return f"| `{message.__name__}` | `{message.subject}` | {' | '.join(cells)} |"


def _meaning(message: type[Event] | type[Request]) -> str:
    return re.sub(r"\s+", " ", message.__doc__ or "").strip().replace("|", "\\|")


def _list(names: list[str]) -> str:
    return ", ".join(names) or "—"
