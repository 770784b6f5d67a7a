"""Reads and changes the allow and deny lists of a document."""

from collections.abc import Collection
from typing import Any

from starlette.datastructures import FormData, UploadFile

from services.gateway.admission import admit
from services.gateway.context import GatewayContext
from shared.errors import Refused
from shared.events import ChangeAccess, Credential, Describe, DocumentState, Recognise, Unknown

MANAGERS = "Who may read a document is changed by those who manage its workspace. Ask one of them."
NOBODY = "Nobody is called {0!r} now. The name counts as soon as somebody is: check its spelling."
LISTS: dict[str, Any] = {
    name: {"type": "array", "items": {"type": "string", "example": example}}
    for name, example in (("allow", "group:finance"), ("deny", "person:bob"))
}


def listed(form: FormData, field: str) -> tuple[str, ...]:
    """A list from a form: the field several times, or its names with commas between them."""
    given = form.getlist(field)
    if any(isinstance(value, UploadFile) for value in given):
        raise Refused("invalid", f"The field {field!r} must be names such as `group:finance`, not a file.", 422)
    return tuple(name.strip() for value in given for name in str(value).split(",") if name.strip())


async def relist(
    context: GatewayContext,
    caller: Credential,
    document: str,
    allow: Collection[str] | None,
    deny: Collection[str] | None,
) -> DocumentState:
    """Other lists; None leaves one as it is. Takes `manage`."""
    query, admitted = await admit(context, caller, "manage")
    lists = {"allow": allow, "deny": deny}
    about = {"capability": admitted.capability, "query": query, "document_id": document}
    try:
        state: DocumentState = await context.bus.request(ChangeAccess.model_validate(about | lists))
    except Refused as refused:
        if refused.reason == "document_not_found" and await _seen(context, caller, document):
            raise Refused("forbidden", MANAGERS, 403) from refused
        raise
    return state


async def _seen(context: GatewayContext, caller: Credential, document: str) -> bool:
    """Whether the caller knows the document anyway; if not, it stays unknown."""
    query, admitted = await admit(context, caller, "read")
    try:
        await context.bus.request(Describe(capability=admitted.capability, query=query, document_id=document))
    except Refused:
        return False
    return True


async def warnings(
    context: GatewayContext, caller: Credential, workspace: str, names: Collection[str]
) -> dict[str, list[str]]:
    """What to tell of names that are nobody's: a part of the reply's body, empty when all is well."""
    if not names:
        return {}
    found: Unknown = await context.bus.request(Recognise(credential=caller, workspace=workspace, names=tuple(names)))
    return {"warnings": [NOBODY.format(name) for name in found.names]} if found.names else {}
