"""PUT, GET and DELETE /api/folders: which folders are in step, and their trouble, for those who write or manage."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Response
from sqlalchemy import delete, func, insert, select

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.folders.models import Folder, FolderReport, Folders
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute
from services.gateway.tables import folders
from shared.errors import Refused
from shared.events import Credential, inert

routes = APIRouter(prefix="/api/folders", tags=["documents"], route_class=JsonRoute)
Id = Annotated[str, Path(max_length=32)]
MOST = 1_000  # of a workspace
FULL = "The workspace {!r} has {} folders in step already. Delete some in the list first."
NO_FOLDER = ("not_found", "There is no such folder, or you may not write to its workspace.", 404)


@routes.put("", response_model=Folder)
async def report(body: FolderReport, caller: Caller, context: Context) -> Response:
    """A watcher tells how its folder stands; the last word counts."""
    _, admitted = await admit(context, caller, "write", body.workspace)
    by = admitted.principal.id
    name = hashlib.sha256("\n".join((by, body.host, body.folder, body.workspace)).encode()).hexdigest()[:32]
    others = select(func.count()).where(folders.c.workspace == body.workspace, folders.c.id != name)
    told = orjson.dumps(body.model_dump(exclude={"workspace"})).decode()
    row = {"id": name, "workspace": body.workspace, "principal": by, "seen_at": datetime.now(UTC), "report": told}
    async with context.database.transaction() as connection:
        if (await connection.scalar(others) or 0) >= MOST:
            raise Refused("too_many_folders", FULL.format(body.workspace, MOST), 409)
        await connection.execute(delete(folders).where(folders.c.id == name))
        await connection.execute(insert(folders).values(row))
    return json(_body(row))


@routes.get("", response_model=Folders)
async def listed(caller: Caller, context: Context) -> Response:
    """The folders of all workspaces that the caller may write to or manage; those with trouble first."""
    found = await _of(context, await _kept(context, caller))
    return json({"folders": sorted(found, key=lambda one: not (one["trouble"] or one["rejected_total"]))})


@routes.delete("/{folder}", response_model=Folder)
async def forget(folder: Id, caller: Caller, context: Context) -> Response:
    """Off the list; its documents stay, and a watcher that still runs reports it again."""
    found = [one for one in await _of(context, await _kept(context, caller)) if one["id"] == folder]
    if not found:
        raise Refused(*NO_FOLDER)
    async with context.database.transaction() as connection:
        await connection.execute(delete(folders).where(folders.c.id == folder))
    return json(found[0])


async def _kept(context: GatewayContext, caller: Credential) -> list[str]:
    _, writing = await admit(context, caller, "write")
    _, managing = await admit(context, caller, "manage")
    return [*writing.workspaces, *managing.workspaces]


async def _of(context: GatewayContext, workspaces: list[str]) -> list[dict[str, Any]]:
    wanted = select(folders).where(folders.c.workspace.in_(workspaces)).order_by(folders.c.seen_at.desc())
    async with context.database.reading() as connection:
        return [_body(row) for row in (await connection.execute(wanted)).mappings()]


def _body(row: Mapping[Any, Any]) -> dict[str, Any]:
    told: dict[str, Any] = orjson.loads(row["report"])
    told["rejected"] = [{name: inert(value) for name, value in one.items()} for one in told["rejected"]]
    about = {"id": row["id"], "workspace": row["workspace"], "by": row["principal"]}
    return about | {"seen_at": row["seen_at"].isoformat()} | told
