"""Marks citations whose documents have newer revisions."""

from collections.abc import Collection

from services.gateway.context import GatewayContext
from services.gateway.queries.citation_access import cited
from services.gateway.queries.pending_queries import PendingQuery
from shared.events import Admitted, FindNewest, Newest


async def marked(context: GatewayContext, call: PendingQuery, bound: str, admitted: Admitted) -> PendingQuery:
    """The call, with the revisions that are found now in place of those its answer cites."""
    if call.answer and (ids := cited(call.answer)):
        call.newest = await newest_of(context, bound, admitted, ids)
    return call


async def newest_of(
    context: GatewayContext, bound: str, admitted: Admitted, documents: Collection[str]
) -> dict[str, int]:
    """The revisions of these documents that are found now."""
    if not documents:
        return {}
    wanted = FindNewest(capability=admitted.capability, query=bound, document_ids=tuple(sorted(documents)))
    found: Newest = await context.bus.request(wanted)
    return found.newest
