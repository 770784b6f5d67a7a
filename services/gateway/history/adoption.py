"""Questions of a gateway that was killed: the next one waits for their answers, and keeps each as its turn."""

from collections.abc import Iterable

from services.gateway.context import GatewayContext
from services.gateway.queries.answers import settle
from services.gateway.queries.deadlines import look
from services.gateway.queries.pending_queries import PendingQuery


async def adopt_all(context: GatewayContext) -> None:
    """When a gateway starts: `watch` looks for the answers that were made meanwhile."""
    for found in await context.pending.newest():
        context.waiting.open(found)


async def adopt(context: GatewayContext, pending: Iterable[PendingQuery]) -> None:
    """When somebody looks: what is answered is a turn afterwards, what is not is waited for here, too."""
    for found in pending:
        call = context.waiting.find(found.query)
        if call is None:
            await look(context, context.waiting.open(found))
        elif call.answer:  # its turn could not be kept when the answer came
            await settle(context, call.answer)
