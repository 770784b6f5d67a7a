"""Routes of named queries: list and run."""

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.http.response_models import NamedQueriesBody, RowSetBody
from services.gateway.http.responses import json, row_set_body
from services.gateway.http.schemas import JsonRoute, Name, Names, RequestBody
from shared.events import Credential, ListNamedQueries, NamedQueries, RunNamedQuery

routes = APIRouter(prefix="/api/data", tags=["business data"], route_class=JsonRoute)
SECONDS = 65  # a source may take a minute
Language = Literal["zh", "en"]


class NamedQueryInput(RequestBody):
    """The body of a named query's call: values for its parameters; those left out have their defaults."""

    parameters: dict[str, Any] = Field(default_factory=dict)
    workspace: Name | None = None
    workspaces: Names = Field(default_factory=list)
    language: Language = "zh"


@routes.get("/queries", response_model=NamedQueriesBody)
async def list_queries(caller: Caller, context: Context, language: Language = "zh") -> Response:
    """The named queries that the caller may use, with their parameters and example questions."""
    return json(await listed_queries(context, caller, language))


async def listed_queries(context: GatewayContext, caller: Credential, language: Language) -> dict[str, Any]:
    """Those that the caller may use, as they are told."""
    query, admitted = await admit(context, caller, "ask")
    wanted = ListNamedQueries(capability=admitted.capability, query=query, language=language)
    found: NamedQueries = await context.bus.request(wanted)
    return found.model_dump(mode="json")


@routes.post("/queries/{name}", response_model=RowSetBody)
async def run_query(name: str, called: NamedQueryInput, caller: Caller, context: Context) -> Response:
    """Its rows as the caller may see them: exact, no model asked. A period is words or two dates."""
    return json(await rows_of(context, caller, name, called))


async def rows_of(context: GatewayContext, caller: Credential, name: str, called: NamedQueryInput) -> dict[str, Any]:
    """The rows as they are told; recorded before."""
    query, admitted = await admit(context, caller, "ask", called.workspace, called.workspaces)
    wanted = RunNamedQuery(
        capability=admitted.capability, query=query, name=name, parameters=called.parameters, language=called.language
    )
    found = await context.bus.request(wanted, timeout=SECONDS)
    return {"query_id": query} | row_set_body(found)
