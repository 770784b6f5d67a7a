"""A signal's rules, and the questions they make."""

import logging

import orjson
from pydantic import ValidationError

from services.connectors.context import ConnectorsContext
from services.connectors.schedules.asking import asked_for
from services.connectors.schedules.signals import matches, worded
from shared.bus import Bus, Delivery
from shared.errors import Refused, Unavailable
from shared.events import Fragment, NamedCall, QueryAsked, Signal, query_id
from shared.field_names import unknown_field

log = logging.getLogger(__name__)


async def questions_of(body: bytes, message: Delivery, context: ConnectorsContext, bus: Bus) -> tuple[QueryAsked, ...]:
    """One for each rule that holds. The asker is the system that the bus has checked, by the rights it has now."""
    signal = _parsed(body, message.subject.split(".")[1])
    rules = (await context.declarations()).signals
    found = []
    for name, rule in rules.items():
        occasion = f"signal:{name}:{signal.key or message.sequence}"
        if not matches(rule, signal) or not context.quiet.passes(name, rule, signal, occasion):
            continue
        sent = Fragment(name=signal.name, text="\n".join(f"{field}: {value}" for field, value in signal.fields.items()))
        more = {"named": NamedCall(name=rule.named_query)} if rule.named_query else {"fragments": (sent,)}
        try:
            owner, query = f"app:{signal.client}", query_id(signal.client, occasion)
            about = (worded(rule, signal), rule.workspace or None)
            found.append(await asked_for(bus, owner, signal.client, query, *about, key=occasion, **more))
        except Unavailable:
            raise
        except Refused as refused:
            log.warning("the signal %s of %s is not asked about: %s", signal.name, signal.client, refused.error)
    return tuple(found)


def _parsed(body: bytes, client: str) -> Signal:
    try:
        found = orjson.loads(body)
        if words := unknown_field(found, Signal.model_fields):
            raise Refused("invalid", f"The signal of {client!r} is not of its form: {words}", 400)
        return Signal.model_validate_json(body).model_copy(update={"client": client})
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise Refused("invalid", f"The signal of {client!r} is not of its form: {str(error)[:200]}", 400) from error
