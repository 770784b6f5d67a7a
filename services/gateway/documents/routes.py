"""Routes of documents: upload, list, read, amend, delete."""

import asyncio
import hashlib
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AfterValidator, Field

from services.gateway.admission import Caller, admit
from services.gateway.audit.disclosures import show_document
from services.gateway.audit.holds import held, holds_on
from services.gateway.context import Context
from services.gateway.documents.acl import listed, relist, warnings
from services.gateway.documents.content import outlined, sent
from services.gateway.documents.response_models import Document, Documents, UploadedDocument
from services.gateway.documents.states import changed, described, received, state_body
from services.gateway.documents.uploads import (
    FORM,
    NotWritable,
    attachment,
    bytes_of,
    form_of,
    moment,
    named,
    titled,
    word,
)
from services.gateway.http.responses import json
from services.gateway.http.schemas import LARGEST, JsonRoute, RequestBody
from shared.errors import Refused
from shared.events import (
    Amend,
    DayEnd,
    DayStart,
    DeleteDocument,
    Describe,
    DocumentStates,
    Receive,
    Status,
    Title,
)
from shared.security.acl import MOST

routes = APIRouter(prefix="/api", tags=["documents"], route_class=JsonRoute)
files = APIRouter(prefix="/api", tags=["documents"])
Id = Annotated[str, Path(max_length=64)]
CLEARABLE = {"effective", "expires", "owner", "review"}
KEPT_OUT = ("not_a_reader", "You manage this document, but its own lists keep you out. Change them to read it.", 403)
Listed = Annotated[list[str], Field(max_length=MOST, fail_fast=True)]


class Change(RequestBody):
    """What may change without a new revision; a date or an owner that is null is taken away."""

    title: Annotated[Title, AfterValidator(named)] | None = Field(None, min_length=1, max_length=200)
    effective: DayStart | None = Field(None, strict=False)
    expires: DayEnd | None = Field(None, strict=False)
    owner: str | None = Field(None, max_length=200)
    review: DayStart | None = Field(None, strict=False)
    allow: Listed | None = None
    deny: Listed | None = None


@files.post("/documents", status_code=202, openapi_extra={"requestBody": FORM}, response_model=UploadedDocument)
async def upload(request: Request, caller: Caller, context: Context) -> Response:
    """A file for a workspace, as a new document or as the next revision of the document of this title.

    The same bytes under the same title change nothing.
    """
    query, admitted = await admit(context, caller, "write")
    try:
        form = await form_of(request, context.settings.upload_mb, admitted.workspaces)
        workspace = word(form, "workspace")
        if workspace is None:
            raise Refused("invalid", "The field 'workspace' is missing. Name the workspace.", 422)
        if workspace not in admitted.workspaces:
            raise NotWritable(workspace)
    except NotWritable as refused:
        await admit(context, caller, "write", refused.workspace)  # says what they lack where they may read
        raise
    name, data = await bytes_of(form)
    receive = Receive(
        capability=admitted.capability,
        query=query,
        workspace=workspace,
        title=titled(form) or name,
        object=uuid4().hex,
        sha256=await asyncio.to_thread(_digest, data),
        size=len(data),
        effective=moment(form, "effective"),
        expires=moment(form, "expires"),
        owner=word(form, "owner"),
        review=moment(form, "review"),
        allow=listed(form, "allow"),
        deny=listed(form, "deny"),
    )
    body = state_body(await received(context.bus, receive, data))
    return json(body | await warnings(context, caller, workspace, receive.allow + receive.deny), 202)


@routes.get("/documents", response_model=Documents)
async def every(
    caller: Caller,
    context: Context,
    workspace: Annotated[str | None, Query(max_length=100)] = None,
    status: Status | None = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
    due: Annotated[int | None, Query(ge=0, le=3650)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    offset: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
) -> Response:
    """The documents that the caller may read, newest first; `q` is a part of the title.

    With `due`, those whose review or end comes within so many days, or has passed: the earliest first.
    """
    query, admitted = await admit(context, caller, "read", workspace)
    wanted = Describe(
        capability=admitted.capability,
        query=query,
        workspace=workspace,
        limit=limit,
        offset=offset,
        status=status,
        text=q,
        due=due,
    )
    found: DocumentStates = await context.bus.request(wanted)
    return json({"documents": [state_body(state) for state in found.documents], "total": found.total})


@routes.get("/documents/{document}", response_model=Document)
async def one(document: Id, caller: Caller, context: Context) -> Response:
    """One document's state; `reason` says in words why it was rejected."""
    return json(state_body(await described(context, *await admit(context, caller, "read"), document)))


@routes.head("/documents/{document}/content")
@routes.get("/documents/{document}/content")
async def content(document: Id, request: Request, caller: Caller, context: Context) -> Response:
    """The bytes as they were uploaded, for saving; a part of them with `Range`. `HEAD` tells their size and `ETag`."""
    query, admitted = await admit(context, caller, "read")
    state = await described(context, query, admitted, document)
    if not state.object:
        raise Refused(*KEPT_OUT)
    tag, headers = f"{state.document_id}-{state.revision}", attachment(state.title)
    if request.method == "HEAD":
        return outlined(request, state.size, tag, headers)
    await show_document(context, admitted.principal, state.document_id, state.revision, "content")
    return sent(request, await context.bus.get_object(state.object), tag, headers)


@routes.patch("/documents/{document}", response_model=Document)
async def amend(document: Id, change: Change, caller: Caller, context: Context) -> Response:
    """Another title or other dates, which takes `write`; other readers (`allow`, `deny`), which takes `manage`."""
    names = (*(change.allow or ()), *(change.deny or ()))
    if change.allow is not None or change.deny is not None:
        state = await relist(context, caller, document, change.allow, change.deny)
    if change.model_fields_set - {"allow", "deny"} or not change.model_fields_set:
        about = change.model_dump(exclude={"allow", "deny"}) | {"clear": tuple(sorted(_cleared(change)))}
        state = await changed(context, caller, Amend, document, **about)
    return json(state_body(state) | await warnings(context, caller, state.workspace, names))


@routes.delete("/documents/{document}", response_model=Document)
async def discard(document: Id, caller: Caller, context: Context) -> Response:
    """Take it away: row, bytes, chunks and vectors."""
    _, admitted = await admit(context, caller, "write")
    if holds := await holds_on(context, admitted.workspaces):
        state = await described(context, *await admit(context, caller, "read"), document)
        if hold := holds.get(state.workspace):
            raise held(hold)
    return json(state_body(await changed(context, caller, DeleteDocument, document)))


def _cleared(change: Change) -> set[str]:
    return {name for name in CLEARABLE & change.model_fields_set if getattr(change, name) is None}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
