"""Ends pending queries whose asker lost the right."""

import logging

from services.gateway.context import GatewayContext
from services.gateway.queries.answers import cancel, refusal, refuse
from services.gateway.queries.pending_queries import PendingQuery
from shared.errors import Unavailable
from shared.events import RightsRevoked
from shared.security.revocation import revoked

log = logging.getLogger(__name__)


async def revoke(context: GatewayContext, event: RightsRevoked) -> None:
    """Keep what was lost, and end what it ends."""
    context.revocations.hear(event)
    await end_revoked(context)


async def end_revoked(context: GatewayContext) -> None:
    """Readers first: they hear nothing more from this moment on, whatever the bus does."""
    lost = [call for call in context.waiting.unanswered() if call.right and context.revocations.lost(call.right)]
    for call in lost:
        call.settle(refusal(call.client, call.query, revoked(), call.principal))
    for call in lost:
        await _call_off(context, call)


async def _call_off(context: GatewayContext, call: PendingQuery) -> None:
    try:
        await cancel(context, call)
        await refuse(context, call.client, call.query, revoked(), principal=call.principal)
    except Unavailable as error:
        log.warning("query %s is not called off yet: %s", call.query, error.error)
