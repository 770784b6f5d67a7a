"""What a verifier asks for: the key, checkpoints, bundles, proofs, and tiles at their C2SP paths. For auditors."""

import base64
import re
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import PlainTextResponse

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.http.response_models import Consistency, Inclusion, LogKey
from services.gateway.http.responses import json
from services.gateway.http.schemas import LARGEST
from shared.errors import Refused
from shared.events import (
    Credential,
    Lines,
    LogKeyText,
    Proof,
    ProveConsistency,
    ProveInclusion,
    ReadBundles,
    ReadLogKey,
    ReadTile,
    Tile,
)

routes = APIRouter(prefix="/api/audit", tags=["audit"])
# tile/<level>/<number>[.p/<width>]; a number is groups of three digits, all but the last after an `x`.
TILE = re.compile(r"(entries|\d{1,2})/((?:x\d{3}/)*\d{3})(?:\.p/(\d{1,3}))?")
NO_TILE = "There is no tile {!r}. A path looks like tile/0/x001/067 or tile/entries/000.p/17 (C2SP tlog-tiles)."
Size = Annotated[int | None, Query(ge=0, le=LARGEST)]


@routes.get("/key", response_model=LogKey)
async def key(caller: Caller, context: Context) -> Response:
    """The log's public key as a C2SP verifier key. Keep it apart from this server: it is what makes a proof one."""
    await admit(context, caller, "read")
    found: LogKeyText = await context.bus.request(ReadLogKey())
    return json(found.model_dump())


@routes.get("/checkpoint", response_class=PlainTextResponse)
async def checkpoint(caller: Caller, context: Context) -> Response:
    """The newest signed checkpoint, as text (C2SP tlog-checkpoint)."""
    found = await _extended(context, caller, 0, None)
    return Response(found.checkpoint, media_type="text/plain; charset=utf-8")


@routes.get("/bundles", response_class=PlainTextResponse)
async def bundles(caller: Caller, context: Context, after: Annotated[int, Query(ge=0, le=LARGEST)] = 0) -> Response:
    """Whole batches from that of record `after + 1` on, as lines of an archive; empty at the end."""
    query, admitted = await admit(context, caller, "read")
    found: Lines = await context.bus.request(ReadBundles(capability=admitted.capability, query=query, after=after))
    headers = {"Cloister-Last": str(found.last), "Cloister-Horizon": str(found.next)}
    return Response(found.lines, media_type="application/x-ndjson", headers=headers)


@routes.get("/records/{seq}/proof", response_model=Inclusion)
async def inclusion(
    seq: Annotated[int, Path(ge=1, le=LARGEST)], caller: Caller, context: Context, size: Size = None
) -> Response:
    """That record `seq` is in the tree of a checkpoint, the newest or that of `size` (RFC 6962, 2.1.1)."""
    query, admitted = await admit(context, caller, "read")
    about = {"capability": admitted.capability, "query": query}
    found: Proof = await context.bus.request(ProveInclusion(seq=seq, size=size, **about))
    return json({"seq": seq, "leaf_index": seq - 1} | found.model_dump())


@routes.get("/consistency", response_model=Consistency)
async def consistency(
    caller: Caller, context: Context, first: Annotated[int, Query(ge=0, le=LARGEST)], size: Size = None
) -> Response:
    """That the tree of the checkpoint begins with the tree of `first` records (RFC 6962, 2.1.2)."""
    return json({"first": first} | (await _extended(context, caller, first, size)).model_dump(exclude={"leaf_hash"}))


@routes.get("/tile/{path:path}", response_class=Response)
async def tile(path: str, caller: Caller, context: Context) -> Response:
    """A tile of hashes or entries (C2SP tlog-tiles)."""
    query, admitted = await admit(context, caller, "read")
    level, number, width = _placed(path)
    about = {"capability": admitted.capability, "query": query}
    found: Tile = await context.bus.request(ReadTile(level=level, number=number, width=width, **about))
    return Response(base64.b64decode(found.data), media_type="application/octet-stream")


async def _extended(context: GatewayContext, caller: Credential, first: int, size: int | None) -> Proof:
    query, admitted = await admit(context, caller, "read")
    about = {"capability": admitted.capability, "query": query}
    found: Proof = await context.bus.request(ProveConsistency(first=first, size=size, **about))
    return found


def _placed(path: str) -> tuple[int, int, int]:
    found = TILE.fullmatch(path)
    width = int(found[3] or 256) if found else 0
    if found is None or not 1 <= width <= 256:
        raise Refused("tile_not_found", NO_TILE.format(path[:80]), 404)
    number = int(found[2].replace("x", "").replace("/", ""))
    return (-1 if found[1] == "entries" else int(found[1])), number, width
