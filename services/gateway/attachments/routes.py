"""Files for one conversation: attach, list, open at a page, remove."""

import asyncio
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Query, Request, Response

from services.gateway.admission import Caller, admit
from services.gateway.attachments.models import Attachment, AttachmentGone, AttachmentList, AttachmentPage
from services.gateway.context import Context, GatewayContext
from services.gateway.documents.quote_locator import place_of
from services.gateway.documents.uploads import NO_WORKSPACE, bytes_of, form_of
from services.gateway.history.routes import Id
from services.gateway.http.responses import json
from shared.errors import Refused
from shared.events import Admitted, FileText, ReadFile
from shared.page_text import page_of

routes = APIRouter(prefix="/api/conversations/{conversation}/files", tags=["conversations"])
Name = Annotated[str, Path(max_length=100)]
READING_SECONDS = 120
MOST = 10
CHARACTERS = 2_000_000  # of a file: a book of 1,000 pages
LONGEST = 100  # characters of a name
FULL = "This conversation has {} files already. Remove one, or begin another conversation."
TOO_LONG = "The file {!r} has {} characters of text; {} at most can be attached. Add it to a workspace instead."
NO_FILE = ("file_not_found", "This conversation has no such file. See its files.", 404)
NO_PAGE = "The file {!r} has no page {} with text. Its pages are 1 to {}."
FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        }
    },
}


@routes.post("", status_code=201, openapi_extra={"requestBody": FORM}, response_model=Attachment)
async def attach(conversation: Id, request: Request, caller: Caller, context: Context) -> Response:
    """A file that the caller's questions in this conversation are answered from, and no others; nobody else sees it.

    One of the same name is replaced. Its text is kept with the conversation and deleted with it; its bytes are not.
    """
    query, admitted = await admit(context, caller, "ask")
    whose = admitted.principal.id
    if not admitted.workspaces:
        raise Refused(*NO_WORKSPACE)
    form = await form_of(request, context.settings.upload_mb, admitted.workspaces)
    if more := set(form) - {"file"}:
        raise Refused("invalid", f"The field {min(more)!r} is not known. Known is file.", 422)
    name, data = await bytes_of(form)
    name = _named(name)
    others = [one for one in await context.attachments.listed(whose, conversation) if one["name"] != name]
    if len(others) >= MOST:
        raise Refused("too_many_files", FULL.format(len(others)), 409)
    found, text = await _read(context, query, admitted, name, data)
    about = {"size": len(data), "pages": found.pages, "characters": found.characters}
    await context.attachments.keep(whose, conversation, name, text=text, **about)
    return json({"name": name} | about, 201)


@routes.get("", response_model=AttachmentList)
async def listed(conversation: Id, caller: Caller, context: Context) -> Response:
    """The files of one of the caller's conversations; none where there is no such conversation."""
    _, admitted = await admit(context, caller, "ask")
    return json({"files": await context.attachments.listed(admitted.principal.id, conversation)})


@routes.get("/{name}/pages/{page}", response_model=AttachmentPage)
async def page(
    conversation: Id,
    name: Name,
    page: Annotated[int, Path(ge=1)],
    caller: Caller,
    context: Context,
    quote: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """The text of a page as it is cited; with `quote`, `start` and `end` say where it stands in it."""
    _, admitted = await admit(context, caller, "ask")
    packed = await context.attachments.text(admitted.principal.id, conversation, name)
    if packed is None:
        raise Refused(*NO_FILE)
    rows = await context.attachments.listed(admitted.principal.id, conversation)
    pages = next((one["pages"] for one in rows if one["name"] == name), 1)
    text = await asyncio.to_thread(page_of, packed, page)
    if text is None:
        raise Refused("page_not_found", NO_PAGE.format(name, page, pages), 404)
    place = place_of(quote, text) if quote else {}
    return json({"name": name, "page": page, "pages": pages, "text": text} | place)


@routes.delete("/{name}", response_model=AttachmentGone)
async def remove(conversation: Id, name: Name, caller: Caller, context: Context) -> Response:
    """Later questions do not find it; answers that cite it stay."""
    _, admitted = await admit(context, caller, "ask")
    if not await context.attachments.remove(admitted.principal.id, conversation, name):
        raise Refused(*NO_FILE)
    return json({"name": name})


async def _read(
    context: GatewayContext, query: str, admitted: Admitted, name: str, data: bytes
) -> tuple[FileText, bytes]:
    """Its text, by ingestion's confined readers; neither bytes nor text stay in the object store."""
    given = uuid4().hex
    await context.bus.put_object(given, data)
    asked = ReadFile(capability=admitted.capability, query=query, object=given, name=name)
    try:
        found: FileText = await context.bus.request(asked, timeout=READING_SECONDS)
    finally:
        await context.bus.delete_object(given)
    text = await context.bus.get_object(found.object)
    await context.bus.delete_object(found.object)
    if found.characters > CHARACTERS:
        raise Refused("file_too_long", TOO_LONG.format(name, found.characters, CHARACTERS), 413)
    return found, text


def _named(name: str) -> str:
    """As a citation can name it: without a colon, the suffix kept."""
    plain = name.replace(":", " ").replace("/", " ").strip() or "document"
    stem, dot, suffix = plain.rpartition(".")
    return plain if len(plain) <= LONGEST else f"{stem[: LONGEST - len(suffix) - 1]}{dot}{suffix}"[:LONGEST]
