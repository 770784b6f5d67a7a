"""Documents as resources: `cloister://documents/<id>` and its pages."""

import re

from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from services.gateway.admission import admit
from services.gateway.documents.revisions import page_text
from services.gateway.mcp.tool import CallContext
from shared.errors import Refused
from shared.events import Describe, DocumentStates

AT_ONCE = 100
PLACE = re.compile(r"cloister://documents/([0-9a-zA-Z_-]{1,64})(?:/pages/([1-9]\d{0,6}))?")
UNKNOWN = "There is no resource {!r}. Resources are cloister://documents/<id> and cloister://documents/<id>/pages/<n>."
TEMPLATES = ListResourceTemplatesResult(
    resource_templates=[
        ResourceTemplate(
            name="page", title="A page of a document", mime_type="text/plain",
            uri_template="cloister://documents/{document_id}/pages/{page}",
        )
    ]
)  # fmt: skip


async def listed(call: CallContext, cursor: str | None) -> ListResourcesResult:
    """The documents that the caller may read and that are found, newest first, some at a time."""
    if cursor is not None and not cursor.isdigit():
        raise MCPError(INVALID_PARAMS, f"The cursor {cursor[:40]!r} is not one of ours. Leave it out.")
    offset = int(cursor or 0)
    query, admitted = await admit(call.context, call.caller, "read")
    wanted = Describe(capability=admitted.capability, query=query, status="indexed", limit=AT_ONCE, offset=offset)
    found: DocumentStates = await call.context.bus.request(wanted)
    resources = [
        Resource(
            uri=f"cloister://documents/{one.document_id}",
            name=one.title,
            mime_type="text/plain",
            description=f"{one.workspace}, {one.pages or 0} pages",
        )
        for one in found.documents
    ]
    more = offset + len(resources)
    return ListResourcesResult(resources=resources, next_cursor=str(more) if resources and more < found.total else None)


async def read(call: CallContext, uri: str) -> ReadResourceResult:
    """The text of a page, of the first one when none is named; `pages` in its text says how many there are."""
    place = PLACE.fullmatch(uri)
    if place is None:
        raise MCPError(INVALID_PARAMS, UNKNOWN.format(uri[:200]))
    document, page = place[1], int(place[2] or 1)
    try:
        found = await page_text(call.context, call.caller, document, None, page)
    except Refused as refused:
        raise MCPError(INVALID_PARAMS, refused.error, {"reason": refused.reason}) from refused
    head = f"{found['title']}, page {page} of {found['pages']}"
    text = f"{head}\n\n{found['text']}"
    return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type="text/plain", text=text)])
