"""Marks citations whose documents have newer revisions."""

from services.gateway.context import GatewayContext
from services.gateway.queries.citation_access import cited
from services.gateway.queries.pending_queries import PendingQuery
from shared.events import Admitted, FindNewest, Newest


async def marked(context: GatewayContext, call: PendingQuery, bound: str, admitted: Admitted) -> PendingQuery:
    """The call, with the revisions that are found now in place of those its answer cites."""
    if call.answer and (ids := cited(call.answer)):
        wanted = FindNewest(capability=admitted.capability, query=bound, document_ids=tuple(sorted(ids)))
        found: Newest = await context.bus.request(wanted)
        call.newest = found.newest
    return call
