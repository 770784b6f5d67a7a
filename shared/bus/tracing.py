"""Spans of the bus, with the attributes of OpenTelemetry's messaging conventions."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry.trace import Span, SpanKind, Status, StatusCode, get_current_span

from shared.bus.delivery import Delivery
from shared.bus.envelope import QUESTION, trace_of
from shared.errors import Refused
from shared.events import Event
from shared.telemetry import noted, tracer
from shared.telemetry.spans import DOCUMENT, QUERY

ID_CHARACTERS = 32  # clients of the bus may send any header


def attributes(operation: str, kind: str, subject: str, template: str, size: int) -> dict[str, str | int]:
    """What every span of the bus has; the template only where ids are in the subject."""
    found: dict[str, str | int] = {
        "messaging.system": "nats",
        "messaging.operation.name": operation,
        "messaging.operation.type": kind,
        "messaging.destination.name": subject,
        "messaging.message.body.size": size,
    }
    return found | ({"messaging.destination.template": template} if template != subject else {})


@contextmanager
def publishing(service: str, event: Event, size: int) -> Iterator[None]:
    """The span of a publication, inside of what published it; without that there is none."""
    about: dict[str, str | int] = {**noted(event)}
    if not get_current_span().get_span_context().is_valid:
        yield
        return
    with (
        tracer(service).start_as_current_span(
            f"publish {event.subject}",
            kind=SpanKind.PRODUCER,
            attributes=attributes("publish", "send", event.address(), event.subject, size) | about,
            record_exception=False,
        ) as span,
        failing(span),
    ):
        yield


@contextmanager
def processing(service: str, template: str, message: Delivery, group: str = "") -> Iterator[None]:
    """The span of a handler, inside of the message's trace; `group` is the durable consumer."""
    with (
        tracer(service).start_as_current_span(
            f"process {template}",
            context=trace_of(message.headers),
            kind=SpanKind.CONSUMER,
            attributes=_received(message, template, group),
            record_exception=False,
        ) as span,
        failing(span),
    ):
        yield


def processed(service: str, batch: Sequence[Delivery], seconds: float, group: str) -> None:
    """A span in the trace of each message of a batch that was handled together, `seconds` long until now."""
    end = time.time_ns()
    for message in batch:
        context = trace_of(message.headers)
        if not get_current_span(context).get_span_context().trace_flags.sampled:
            continue
        template = message.headers.get("ce-type", message.subject)
        about = {"messaging.batch.message_count": len(batch)} | _received(message, template, group)
        if subject := message.headers.get("ce-subject"):
            about[DOCUMENT if template.startswith("document.") else QUERY] = subject
        span = tracer(service).start_span(
            f"process {template}", context, SpanKind.CONSUMER, about, start_time=end - round(seconds * 1e9)
        )
        span.end(end)


@contextmanager
def failing(span: Span) -> Iterator[None]:
    """What is raised inside is the span's error."""
    try:
        yield
    except BaseException as error:  # marks the span and raises again
        # Its words may hold a question: the log has them.
        told = error.__cause__ or error
        kind = told.reason if isinstance(told, Refused) else type(told).__qualname__
        span.set_attribute("error.type", kind)
        span.set_status(Status(StatusCode.ERROR))
        raise


def _received(message: Delivery, template: str, group: str) -> dict[str, str | int]:
    about = attributes("process", "process", message.subject, template, len(message.data))
    if question := message.headers.get(QUESTION):
        about[QUERY] = question[:ID_CHARACTERS]
    if number := message.headers.get("ce-id"):
        about["messaging.message.id"] = number
    if group:
        about |= {"messaging.consumer.group.name": group, "cloister.attempt": message.attempt}
    return about
