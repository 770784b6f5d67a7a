"""Routes of revisions: their state, bytes and pages."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from services.gateway.admission import Caller, admit
from services.gateway.audit.disclosures import show_document
from services.gateway.context import Context, GatewayContext
from services.gateway.documents.content import outlined, sent
from services.gateway.documents.quote_locator import place_of
from services.gateway.documents.response_models import OneRevision, PageText, RevisionList
from services.gateway.documents.uploads import attachment
from services.gateway.http.responses import json
from services.gateway.http.schemas import LARGEST
from shared.errors import Refused
from shared.events import Admitted, Credential, DescribeRevisions, DocumentHistory, Revision
from shared.page_text import page_of

routes = APIRouter(prefix="/api/documents/{document}/revisions", tags=["documents"])
Id = Annotated[str, Path(max_length=64)]
Number = Annotated[int, Path(ge=1, le=LARGEST)]
NO_DOCUMENT = ("document_not_found", "There is no such document, or it is not open to you.", 404)
NOT_KEPT = "The bytes of revision {} are no longer kept; what is known of it is. Open a newer one."
NO_TEXT = "The text of its pages is not kept: it was not read yet, or by an older Cloister. Open its content."
NO_PAGE = "Revision {} of {!r} has no page {} with text. Its pages are 1 to {}."


@routes.get("", response_model=RevisionList)
async def listed(document: Id, caller: Caller, context: Context) -> Response:
    """All revisions, newest first; `newest` is the one that is found."""
    history = await _history(context, *await admit(context, caller, "read"), document)
    told = [revision_body(revision) for revision in history.revisions]
    return json(history.model_dump(exclude={"revisions"}) | {"revisions": told})


@routes.get("/{number}", response_model=OneRevision)
async def one(document: Id, number: Number, caller: Caller, context: Context) -> Response:
    """One revision; `superseded` says that a newer one is found in its place."""
    history = await _history(context, *await admit(context, caller, "read"), document, number)
    about = {"document_id": history.document_id, "newest": history.newest}
    return json(about | revision_body(history.revisions[0]))


@routes.head("/{number}/content")
@routes.get("/{number}/content")
async def content(document: Id, number: Number, request: Request, caller: Caller, context: Context) -> Response:
    """The bytes as they were uploaded; `Cloister-Superseded` names the newest revision when this one is older.

    `HEAD` tells their size and `ETag`.
    """
    query, admitted = await admit(context, caller, "read")
    history = await _history(context, query, admitted, document, number)
    revision = history.revisions[0]
    kept, tag = _kept(revision, revision.object), f"{history.document_id}-{revision.revision}"
    headers = attachment(revision.title or history.title) | _marked(history.newest, revision.superseded)
    if request.method == "HEAD":
        return outlined(request, revision.size, tag, headers)
    await show_document(context, admitted.principal, document, number, "content")
    return sent(request, await context.bus.get_object(kept), tag, headers)


@routes.get("/{number}/pages/{page}", response_model=PageText)
async def page(
    document: Id,
    number: Number,
    page: Number,
    caller: Caller,
    context: Context,
    quote: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """The text of a page as it is cited; with `quote`, `start` and `end` say where it stands in it."""
    found = await page_text(context, caller, document, number, page, quote)
    return json(found, headers=_marked(found["newest"], found["superseded"]))


async def page_text(
    context: GatewayContext, caller: Credential, document: str, number: int | None, page: int, quote: str = ""
) -> dict[str, Any]:
    """A page of a revision (of the one that is found, when None) as it is told; recorded before."""
    query, admitted = await admit(context, caller, "read")
    history = await _history(context, query, admitted, document, number)
    if number is None and not (number := history.newest):
        raise Refused("text_not_kept", NO_TEXT, 404)
    revision = next(one for one in history.revisions if one.revision == number)
    if not (kept := _kept(revision, revision.text)):
        raise Refused("text_not_kept", NO_TEXT, 404)
    found = await asyncio.to_thread(_found, await context.bus.get_object(kept), page, quote)
    if found is None:
        words = NO_PAGE.format(number, history.title, page, revision.pages)
        raise Refused("page_not_found", words, 404)
    await show_document(context, admitted.principal, document, number, "page", page)
    about = {"document_id": document, "revision": number, "title": revision.title, "page": page}
    marks = {"pages": revision.pages, "superseded": revision.superseded, "newest": history.newest}
    return about | marks | found


def _found(data: bytes, page: int, quote: str) -> dict[str, Any] | None:
    """The page's text and the quote's place in it; a book takes a moment, so this runs in a thread."""
    if (text := page_of(data, page)) is None:
        return None
    return {"text": text} | (place_of(quote, text) if quote else {})


def revision_body(revision: Revision) -> dict[str, Any]:
    """A revision as callers see it: not where its bytes lie."""
    return revision.model_dump(mode="json", exclude={"object", "text"})


async def _history(
    context: GatewayContext, query: str, admitted: Admitted, document: str, revision: int | None = None
) -> DocumentHistory:
    wanted = DescribeRevisions(capability=admitted.capability, query=query, document_id=document, revision=revision)
    history: DocumentHistory = await context.bus.request(wanted)
    return history


def _kept(revision: Revision, name: str) -> str:
    if not revision.kept:
        raise Refused("revision_not_kept", NOT_KEPT.format(revision.revision), 410)
    if not revision.object:
        # Its lists keep a manager from its text, who sees that it is there.
        raise Refused(*NO_DOCUMENT)
    return name


def _marked(newest: int | None, superseded: bool) -> dict[str, str]:
    return {"Cloister-Superseded": str(newest)} if superseded else {}
