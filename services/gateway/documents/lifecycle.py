"""Withdraws, restores, retries and deletes documents."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.documents.response_models import Document, RemovalBody
from services.gateway.documents.states import changed, state_body
from services.gateway.http.responses import json
from shared.events import Amend, Credential, DescribeRemoval, Removal, Retry

routes = APIRouter(prefix="/api/documents/{document}", tags=["documents"])
Id = Annotated[str, Path(max_length=64)]


@routes.post("/withdraw", response_model=Document)
async def withdraw(document: Id, caller: Caller, context: Context) -> Response:
    """Nobody finds it until it is restored; it stays in the list."""
    return await _withdrawn(context, caller, document, withdrawn=True)


@routes.post("/restore", response_model=Document)
async def restore(document: Id, caller: Caller, context: Context) -> Response:
    """It is found again, as it was."""
    return await _withdrawn(context, caller, document, withdrawn=False)


@routes.post("/retry", status_code=202, response_model=Document)
async def retry(document: Id, caller: Caller, context: Context) -> Response:
    """A rejected document is read once more: the same bytes as its next revision."""
    return json(state_body(await changed(context, caller, Retry, document)), 202)


@routes.get("/removal", response_model=RemovalBody)
async def removal(document: Id, caller: Caller, context: Context) -> Response:
    """A deleted document: `removing` until the last of its bytes, chunks and vectors is gone, then `removed`."""
    query, admitted = await admit(context, caller, "write")
    found: Removal = await context.bus.request(
        DescribeRemoval(capability=admitted.capability, query=query, document_id=document)
    )
    return json(found.model_dump(mode="json"))


async def _withdrawn(context: GatewayContext, caller: Credential, document: str, *, withdrawn: bool) -> Response:
    return json(state_body(await changed(context, caller, Amend, document, withdrawn=withdrawn)))
