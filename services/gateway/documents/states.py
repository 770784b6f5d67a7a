"""A document's state as callers see it, and what an upload or a change makes of it."""

from typing import Any

from services.gateway.admission import admit
from services.gateway.context import GatewayContext
from shared.bus import Bus
from shared.errors import Refused, Unavailable
from shared.events import (
    Admitted,
    Amend,
    Credential,
    DeleteDocument,
    Describe,
    DocumentState,
    DocumentStates,
    Receive,
    Received,
    Retry,
)

NO_DOCUMENT = ("document_not_found", "There is no such document, or it is not open to you.", 404)


async def received(bus: Bus, receive: Receive, data: bytes) -> Received:
    await bus.put_object(receive.object, data)
    try:
        state: Received = await bus.request(receive, timeout=15)
    except Refused as refused:
        # Without an answer it may have been received: then the bytes must stay.
        if not isinstance(refused, Unavailable):
            await bus.delete_object(receive.object)
        raise
    return state


async def described(context: GatewayContext, query: str, admitted: Admitted, document: str) -> DocumentState:
    wanted = Describe(capability=admitted.capability, query=query, document_id=document)
    found: DocumentStates = await context.bus.request(wanted)
    if not found.documents:
        raise Refused(*NO_DOCUMENT)
    return found.documents[0]


def state_body(state: DocumentState) -> dict[str, Any]:
    """A document as callers see it: not where its bytes lie."""
    return state.model_dump(mode="json", exclude={"object"})


async def changed(
    context: GatewayContext,
    caller: Credential,
    kind: type[Amend | DeleteDocument | Retry],
    document: str,
    **about: Any,
) -> DocumentState:
    """What a change came to. Of a document that they may only read, a caller hears that they may not write there."""
    query, admitted = await admit(context, caller, "write")
    try:
        return await context.bus.request(
            kind(capability=admitted.capability, query=query, document_id=document, **about)
        )
    except Refused as refused:
        if refused.reason == NO_DOCUMENT[0]:
            state = await described(context, *await admit(context, caller, "read"), document)
            await admit(context, caller, "write", state.workspace)
        raise
