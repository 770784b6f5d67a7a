"""Twice a second: ends pending queries that lost rights, missed an answer, expired or were left."""

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta

from services.gateway.context import GatewayContext
from services.gateway.http.responses import CANCELLED
from services.gateway.queries.answers import cancel, recall, refusal, refuse, settle
from services.gateway.queries.pending_queries import PendingQuery
from services.gateway.queries.revocation import end_revoked
from shared.errors import Refused

log = logging.getLogger(__name__)
QUIET_SECONDS = 5
CANCEL_SECONDS = 2
LAST_WORD = timedelta(seconds=5)


async def watch(context: GatewayContext) -> None:
    """For ever; what fails is tried again a second later."""
    while True:
        await asyncio.sleep(0.5)
        await end_revoked(context)
        for call in context.waiting.unanswered():
            try:
                await look(context, call)
            except Exception as error:  # one query's failure must not end the loop for all others
                log.warning("query %s could not be looked after: %r", call.query, error)


async def look(context: GatewayContext, call: PendingQuery) -> None:
    """The one thing that a call needs now."""
    now = time.monotonic()
    if call.expires_at and call.expires_at < datetime.now(UTC):
        await _expire(context, call)
    elif call.cancelled_at and now - call.cancelled_at > CANCEL_SECONDS:
        await refuse(context, call.client, call.query, Refused("cancelled", CANCELLED, 409), principal=call.principal)
    elif call.abandoned(context.settings.grace_seconds):
        await cancel(context, call)
    elif now - call.quiet_since > QUIET_SECONDS:
        call.quiet_since = now
        if answer := await recall(context, call.client, call.query):
            await settle(context, answer)


async def _expire(context: GatewayContext, call: PendingQuery) -> None:
    seconds = round(context.settings.answer_seconds)
    words = Refused("expired", f"No answer came within {seconds} seconds. Ask again when less is going on.", 504)
    late = call.expires_at and call.expires_at + LAST_WORD < datetime.now(UTC)
    if late and not call.adopted:
        # The bus does not even take the refusal: the caller hears it all the same.
        await settle(context, refusal(call.client, call.query, words, call.principal))
        return
    await refuse(context, call.client, call.query, words, principal=call.principal)
    if answer := await recall(context, call.client, call.query):
        await settle(context, answer)
