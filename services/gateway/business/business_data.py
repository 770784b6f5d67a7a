"""Routes of named queries: list and run."""

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from services.gateway.admission import Caller, admit
from services.gateway.context import Context
from services.gateway.http.response_models import NamedQueriesBody, RowSetBody
from services.gateway.http.responses import json, row_set_body
from services.gateway.http.schemas import Body, JsonRoute, Name, Names
from shared.events import ListNamedQueries, RunNamedQuery

routes = APIRouter(prefix="/api/data", tags=["business data"], route_class=JsonRoute)
SECONDS = 65  # a source may take a minute
Language = Literal["zh", "en"]


class Called(Body):
    """The body of a named query's call: values for its parameters; those left out have their defaults."""

    parameters: dict[str, Any] = Field(default_factory=dict)
    workspace: Name | None = None
    workspaces: Names = Field(default_factory=list)
    language: Language = "zh"


@routes.get("/queries", response_model=NamedQueriesBody)
async def list_queries(caller: Caller, context: Context, language: Language = "zh") -> Response:
    """The named queries that the caller may use, with their parameters and example questions."""
    query, admitted = await admit(context, caller, "ask")
    wanted = ListNamedQueries(capability=admitted.capability, query=query, language=language)
    return json((await context.bus.request(wanted)).model_dump(mode="json"))


@routes.post("/queries/{name}", response_model=RowSetBody)
async def run_query(name: str, called: Called, caller: Caller, context: Context) -> Response:
    """Its rows as the caller may see them: exact, no model asked. A period is words or two dates."""
    query, admitted = await admit(context, caller, "ask", called.workspace, called.workspaces)
    wanted = RunNamedQuery(
        capability=admitted.capability, query=query, name=name, parameters=called.parameters, language=called.language
    )
    found = await context.bus.request(wanted, timeout=SECONDS)
    return json({"query_id": query} | row_set_body(found))
