"""Answers queries whose step failed for good."""

import orjson
from pydantic import ValidationError

from services.gateway.bus.questions import give_up
from services.gateway.context import GatewayContext
from services.gateway.queries.answers import refuse
from shared.bus import Delivery
from shared.errors import Refused
from shared.events import QueryAsked, StepFailed

ADVISORY = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES."
GAVE_UP = ("gave_up", "The question could not be answered after several attempts. Ask again later.", 503)


async def hear(context: GatewayContext, message: Delivery) -> None:
    """A service's last word, or the server's that a message was delivered too often."""
    if message.subject.startswith(ADVISORY):
        await _exhausted(context, message)
        return
    try:
        failed = StepFailed.model_validate_json(message.data)
    except ValidationError:
        return
    if failed.client and failed.about:
        refused = Refused(failed.reason, failed.error, failed.status, values=failed.values)
        await refuse(context, failed.client, failed.about, refused, principal=failed.principal, key=failed.key)


async def _exhausted(context: GatewayContext, message: Delivery) -> None:
    advisory = orjson.loads(message.data)
    stream, sequence = advisory["stream"], advisory["stream_seq"]
    if stream not in ("QUERIES", "ASKS"):
        return
    lost = await context.bus.message(stream, sequence)
    if lost is None:
        return
    if stream == "ASKS":
        await give_up(context, lost, Refused(*GAVE_UP))
        return
    asked = QueryAsked.model_validate_json(lost.data)
    await refuse(context, asked.client, asked.query, Refused(*GAVE_UP), principal=asked.principal.id, key=asked.key)
