"""Wraps a handler: decodes, traces, publishes its result and settles failures."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from faststream.exceptions import NackMessage, RejectMessage
from pydantic import ValidationError

from shared.bus.connection import Bus
from shared.bus.consuming.keepalive import kept
from shared.bus.consuming.parameters import Parameters
from shared.bus.delivery import Delivery
from shared.bus.origin import carried, origin
from shared.bus.service import Endpoint, Service
from shared.bus.tracing import processing
from shared.errors import Refused, RetryLater, Unavailable
from shared.events import Event, OutdatedCapabilityUsed, Refusal, StepFailed
from shared.streams import Consumer
from shared.telemetry import EVENT_SECONDS, EVENTS_TOTAL, noted

log = logging.getLogger(__name__)
ATTEMPTS = 5
Handle = Callable[[Delivery], Awaitable[None]]


def step(edge: Endpoint, service: Service[Any], bus: Bus, consumer: Consumer) -> Handle:
    """A stored event's handler, with retries, refusals and its last word in FAILED."""
    attempts, parameters = edge.option("attempts", ATTEMPTS), Parameters(edge.handler, service, bus)

    async def run(message: Delivery) -> None:
        async with _observed(edge, bus, message, consumer.name):
            try:
                with kept(message, consumer.wait / 3):
                    found = await edge.handler(_decoded(edge, message), **parameters.of(message))
                    await publish_all(bus, found)
            except asyncio.CancelledError:
                await asyncio.shield(message.nack())
                raise
            except RetryLater as later:
                raise NackMessage(delay=later.seconds) from later
            except (Exception, ValidationError) as error:
                if _is_final(error) or message.attempt >= attempts:
                    await _give_up(edge, bus, message, error)
                    raise RejectMessage from error
                log.warning("%s failed at %s, attempt %d: %r", bus.service, message.subject, message.attempt, error)
                raise NackMessage(delay=min(0.2 * 2**message.attempt, 30)) from error

    return run


def listener(edge: Endpoint, service: Service[Any], bus: Bus) -> Handle:
    """An unstored event's handler: a failure is logged, nothing comes again."""
    parameters = Parameters(edge.handler, service, bus)

    async def run(message: Delivery) -> None:
        try:
            await publish_all(bus, await edge.handler(_decoded(edge, message), **parameters.of(message)))
        except Exception:  # a handler may raise anything; the event is not stored
            log.exception("%s failed to handle %s", bus.service, message.subject)

    return run


def responder(edge: Endpoint, service: Service[Any], bus: Bus) -> Handle:
    """A request's handler: every outcome becomes a reply."""
    parameters = Parameters(edge.handler, service, bus)

    async def run(message: Delivery) -> None:
        async with _observed(edge, bus, message):
            headers = {"cloister-refused": "1"}
            try:
                reply = await edge.handler(_decoded(edge, message), **parameters.of(message))
                headers = {}
            except Refused as refused:
                await _report_outdated(edge, bus, message, refused)
                reply = Refusal(
                    error=refused.error,
                    reason=refused.reason,
                    status=refused.status,
                    retry_after=refused.retry_after,
                    values=refused.values,
                )
            except Exception:  # a handler may raise anything; the caller gets a reply
                log.exception("%s could not answer %s", bus.service, message.subject)
                reply = Refusal(
                    error="Something failed inside. The log says what; try again.", reason="internal", status=500
                )
            await bus.send(message.reply, reply.model_dump_json().encode(), headers or None)

    return run


async def publish_all(bus: Bus, result: Event | Iterable[Event] | None) -> None:
    """Publish what a handler returned."""
    for event in [result] if isinstance(result, Event) else result or ():
        await bus.publish(event)


def _decoded(edge: Endpoint, message: Delivery) -> Any:
    if edge.options.get("raw"):
        return message.data
    if edge.kind == "subject":
        return message
    event = edge.message.model_validate_json(message.data)
    noted(event)
    return event


def _is_final(error: Exception) -> bool:
    return isinstance(error, ValidationError) or (isinstance(error, Refused) and not isinstance(error, Unavailable))


async def _report_outdated(edge: Endpoint, bus: Bus, message: Delivery, error: Exception) -> None:
    """On record by itself: who reads of a refused capability can tell one that came late from one that was forged."""
    if not isinstance(error, Refused) or error.reason != "revoked":
        return
    asked = edge.message.model_validate_json(message.data)
    about = getattr(asked, "query", "") or message.subject
    who = getattr(getattr(asked, "principal", None), "id", "")
    await bus.publish(OutdatedCapabilityUsed(service=bus.service, about=about, principal=who))


async def _give_up(edge: Endpoint, bus: Bus, message: Delivery, error: Exception) -> None:
    await _report_outdated(edge, bus, message, error)
    log.error("%s gives up on %s after %d attempts: %r", bus.service, message.subject, message.attempt, error)
    try:
        event = edge.message.model_validate_json(message.data)
    except ValidationError:
        event = None
    await bus.publish(
        StepFailed(
            service=bus.service,
            event=message.subject,
            about=getattr(event, "query", "") or getattr(event, "document_id", ""),
            client=getattr(event, "client", ""),
            principal=getattr(getattr(event, "principal", None), "id", ""),
            key=getattr(event, "key", None),
            error=error.error
            if isinstance(error, Refused)
            else "Something failed inside, more than once. Ask again later.",
            reason=error.reason if isinstance(error, Refused) else "invalid" if event is None else "gave_up",
            status=error.status if isinstance(error, Refused) else 500,
            values=error.values if isinstance(error, Refused) else {},
            attempts=message.attempt,
        )
    )


@asynccontextmanager
async def _observed(edge: Endpoint, bus: Bus, message: Delivery, group: str = "") -> AsyncIterator[None]:
    template, began, outcome = edge.message.subject, time.perf_counter(), "done"
    try:
        with processing(bus.service, template, message, group), origin(carried(message.headers)):
            yield
    except BaseException as error:  # records the outcome and raises again
        outcome = "retried" if isinstance(error, NackMessage) else "failed"
        raise
    finally:
        EVENTS_TOTAL.labels(bus.service, template, outcome).inc()
        EVENT_SECONDS.labels(bus.service, template).observe(time.perf_counter() - began)
