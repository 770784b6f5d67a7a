"""/api/directory: the company's directory as Cloister knows it, for administrators."""

from typing import Any

from fastapi import APIRouter, Response

from services.gateway.admission import Caller
from services.gateway.context import Context, GatewayContext
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute
from shared.events import Credential, DescribeDirectory, DirectoryState

routes = APIRouter(prefix="/api/directory", tags=["people"], route_class=JsonRoute)


@routes.get("", response_model=DirectoryState)
async def show(caller: Caller, context: Context) -> Response:
    """Its issuer, how many people and groups it has, when it was read, and what to look at."""
    return json(await _described(context, caller, sync=False))


@routes.post("/sync", response_model=DirectoryState)
async def sync(caller: Caller, context: Context) -> Response:
    """Read everybody now; the reply is how it is afterwards."""
    return json(await _described(context, caller, sync=True))


async def _described(context: GatewayContext, caller: Credential, *, sync: bool) -> dict[str, Any]:
    asked = DescribeDirectory(credential=caller, sync=sync)
    found: DirectoryState = await context.bus.request(asked, timeout=120 if sync else 5)
    return found.model_dump()
