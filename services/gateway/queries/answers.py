"""Reads and verifies stored answers, and stores refusals."""

import logging
from datetime import UTC, datetime

from pydantic import ValidationError

from services.gateway.context import GatewayContext
from services.gateway.queries.pending_queries import PendingQuery
from shared.bus import Delivery
from shared.errors import Conflict, Refused
from shared.events import QueryAnswered, QueryCancelled
from shared.security.revocation import revoked

log = logging.getLogger(__name__)


def proven(context: GatewayContext, message: Delivery, client: str) -> QueryAnswered | None:
    """The answer in a message, if one of our services signed it for this very subject."""
    try:
        answer = QueryAnswered.model_validate_json(message.data)
    except ValidationError:
        answer = None
    query = message.subject.rpartition(".")[2]
    right = answer is not None and (answer.client, answer.query) == (client, query)
    if not right or not context.verifier.holds(f"answer.{client}.{query}", message.data, message.headers):
        log.warning("ignored an answer without a valid signature on %s", message.subject)
        return None
    return answer


async def recall(context: GatewayContext, client: str, query: str) -> QueryAnswered | None:
    """The stored answer of a query."""
    message = await context.bus.last("ANSWERS", f"answer.{client}.{query}")
    return proven(context, message, client) if message else None


async def settle(context: GatewayContext, answer: QueryAnswered) -> None:
    """Keep the turn of a conversation, then let the readers go on."""
    call = context.waiting.find(answer.query)
    if call and call.right and answer.error is None and context.revocations.lost(call.right):
        answer = refusal(call.client, call.query, revoked(), call.principal)
    if call and call.conversation:
        try:
            await context.conversations.keep(call.answer or answer)
        except Exception as error:  # the answer counts; its turn is kept when somebody looks
            log.error("the turn of query %s is not kept in its conversation: %r", answer.query, error)
    context.waiting.settle(answer)


async def refuse(
    context: GatewayContext, client: str, query: str, refused: Refused, *, principal: str = "", key: str | None = None
) -> None:
    """Store why a query has no answer; one that has an answer already keeps it."""
    answer = refusal(client, query, refused, principal, key)
    headers = context.signer.headers(answer.address(), answer.model_dump_json().encode())
    try:
        await context.bus.publish(answer, headers=headers, absent=True)
    except Conflict:
        log.debug("query %s is answered already", query)


def refusal(client: str, query: str, refused: Refused, principal: str = "", key: str | None = None) -> QueryAnswered:
    """A refusal as an answer."""
    return QueryAnswered(
        query=query,
        client=client,
        principal=principal,
        key=key,
        error=refused.error,
        reason=refused.reason,
        status=refused.status,
        values=refused.values,
        answered_at=datetime.now(UTC),
    )


async def cancel(context: GatewayContext, call: PendingQuery) -> None:
    """Nobody wants to know any more: the worker stops, or the query never starts."""
    await context.bus.publish(QueryCancelled(query=call.query, client=call.client, by=call.principal))
    call.cancel()
