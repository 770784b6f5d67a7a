"""CloudEvents 1.0 over NATS, binary mode: the event is the payload, everything about it a header."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from uuid import NAMESPACE_URL, uuid4, uuid5

from opentelemetry.context import Context, attach, detach
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.bus.origin import origin_headers
from shared.events import Event
from shared.telemetry.spans import question_of_span

# Straight, without the composite around it: every message passes here more than once.
TRACE = TraceContextTextMapPropagator()
QUESTION = "cloister-query"


def headers_of(event: Event, service: str) -> dict[str, str]:
    """`ce-…`, the trace, and `Nats-Msg-Id` where the same event may be published twice."""
    identity = event.identity()
    number = str(uuid5(NAMESPACE_URL, identity)) if identity else str(uuid4())
    headers = _constant(type(event), service) | {
        "ce-id": number,
        "ce-time": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    if subject := getattr(event, "query", "") or getattr(event, "document_id", ""):
        headers["ce-subject"] = str(subject)
    if identity:
        headers["Nats-Msg-Id"] = number
    TRACE.inject(headers)
    return headers | origin_headers()


@cache
def _constant(event: type[Event], service: str) -> dict[str, str]:
    return {
        "ce-specversion": "1.0",
        "ce-source": f"/cloister/{service}",
        "ce-type": event.subject.split(".{")[0],
        "ce-datacontenttype": "application/json",
    }


def traced() -> dict[str, str]:
    """A request carries the trace, its question and its origin, nothing else: it is no event and is never stored."""
    headers = origin_headers()
    TRACE.inject(headers)
    if question := question_of_span():
        headers[QUESTION] = question
    return headers


def trace_of(headers: dict[str, str]) -> Context:
    """The trace that a message belongs to."""
    return TRACE.extract(headers)


def current_trace() -> str:
    """Where in which trace this is, as `traceparent` says it; empty outside of any."""
    headers = dict[str, str]()
    TRACE.inject(headers)
    return headers.get("traceparent", "")


@contextmanager
def within(trace: str) -> Iterator[None]:
    """What is published inside of this block belongs there."""
    token = attach(TRACE.extract({"traceparent": trace}, Context())) if trace else None
    try:
        yield
    finally:
        if token:
            detach(token)
