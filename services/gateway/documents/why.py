"""GET /api/documents/{id}/why: the decision about one document and one person, rule by rule."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response

from services.gateway.admission import Caller, admit
from services.gateway.context import Context
from services.gateway.documents.access_explanation import Verdict, language
from services.gateway.documents.response_models import DocumentWhy
from services.gateway.http.responses import json
from shared.events import AccessChecked, CheckAccess, Explain, Explained

routes = APIRouter(prefix="/api", tags=["documents"])
Id = Annotated[str, Path(max_length=64)]
For = Annotated[str | None, Query(alias="for", max_length=100, description="person:alice, or app:erp")]


@routes.get("/documents/{document}/why", response_model=DocumentWhy)
async def why(
    document: Id,
    caller: Caller,
    context: Context,
    who: For = None,
    lang: Annotated[str | None, Query(pattern="^(en|zh)", max_length=20)] = None,
    accept_language: Annotated[str, Header(max_length=200)] = "",
) -> Response:
    """Why `for` finds it or not: about oneself for all who see it, about others for its managers and for auditors."""
    query, admitted = await admit(context, caller, "read")
    about: dict[str, Any] = {"capability": admitted.capability, "query": query, "document_id": document}
    weighed: AccessChecked = await context.bus.request(CheckAccess(**about))
    principal = _named(who) if who else admitted.principal.id
    workspace = weighed.document.workspace
    explained: Explained = await context.bus.request(
        Explain(credential=caller, workspace=workspace, principal=principal)
    )
    if principal != admitted.principal.id:
        weighed = await context.bus.request(CheckAccess(**about, holders=explained.holders))
    verdict = Verdict(explained, weighed, language(lang, accept_language)).body()
    told = {"document_id": document, "title": weighed.document.title, "workspace": workspace, "for": principal}
    return json(told | verdict)


def _named(who: str) -> str:
    return who if ":" in who else f"person:{who}"
