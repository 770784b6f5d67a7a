"""Starting points: shown on an empty page to those who may ask the workspace, chosen by those who manage it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Path, Response
from pydantic import Field
from sqlalchemy import delete, insert, select

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.http.response_models import ResponseModel
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute, Name, RequestBody
from services.gateway.tables import starting_points
from shared.errors import Refused

routes = APIRouter(prefix="/api/starting-points", tags=["conversations"], route_class=JsonRoute)
Id = Annotated[str, Path(max_length=32)]
MOST = 20  # of a workspace: nobody reads more
FULL = "The workspace {!r} has {} starting points already. Delete one first."
NO_POINT = ("not_found", "There is no such starting point, or you do not manage its workspace.", 404)


class NewPoint(RequestBody):
    """A question that people of the workspace may begin with."""

    workspace: Name
    question: str = Field(min_length=3, max_length=200)


class StartingPoint(ResponseModel):
    """A question to begin with."""

    id: str
    workspace: str
    question: str


class StartingPoints(ResponseModel):
    """Those of each workspace in the order in which they were made."""

    starting_points: list[StartingPoint]


@routes.get("", response_model=StartingPoints)
async def listed(caller: Caller, context: Context) -> Response:
    """Of all workspaces that the caller may ask or manage."""
    _, asking = await admit(context, caller, "ask")
    _, managing = await admit(context, caller, "manage")
    return json({"starting_points": await _of(context, [*asking.workspaces, *managing.workspaces])})


@routes.post("", status_code=201, response_model=StartingPoint)
async def add(body: NewPoint, caller: Caller, context: Context) -> Response:
    """One more, for those who manage the workspace."""
    await admit(context, caller, "manage", body.workspace)
    if len(await _of(context, [body.workspace])) >= MOST:
        raise Refused("too_many_starting_points", FULL.format(body.workspace, MOST), 409)
    row = {
        "id": uuid4().hex,
        "workspace": body.workspace,
        "question": " ".join(body.question.replace("\0", "").split()),
    }
    async with context.database.transaction() as connection:
        await connection.execute(insert(starting_points).values(**row, at=datetime.now(UTC)))
    return json(row, 201)


@routes.delete("/{point}", response_model=StartingPoint)
async def remove(point: Id, caller: Caller, context: Context) -> Response:
    """Nobody begins with it any more."""
    _, admitted = await admit(context, caller, "manage")
    found = [one for one in await _of(context, admitted.workspaces) if one["id"] == point]
    if not found:
        raise Refused(*NO_POINT)
    async with context.database.transaction() as connection:
        await connection.execute(delete(starting_points).where(starting_points.c.id == point))
    return json(found[0])


async def _of(context: GatewayContext, workspaces: Sequence[str]) -> list[dict[str, Any]]:
    table = starting_points.c
    wanted = select(table.id, table.workspace, table.question).where(table.workspace.in_(workspaces))
    async with context.database.reading() as connection:
        rows = (await connection.execute(wanted.order_by(table.workspace, table.at))).all()
    return [{"id": row.id, "workspace": row.workspace, "question": row.question} for row in rows]
