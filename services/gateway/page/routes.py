"""GET / and its files."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from services.gateway.page.files import BuiltPage, find
from services.gateway.page.headers import ASKED_EACH_TIME, SAFE, UNCHANGING, page_headers
from services.gateway.settings import gateway_settings
from shared.errors import Refused

routes = APIRouter(include_in_schema=False)
NOTHING = "There is nothing at this address. /docs lists what there is."
NOT_EMBEDDED = "No page may show this one under the key {!r}. Name its origin in CLOISTER_GATEWAY_EMBED."
UNBUILT = Path(__file__).parent / "unbuilt.html"


@routes.get("/")
async def page(request: Request) -> Response:
    """The workplace; before it is built, how to build it."""
    found = find("index.html", request.headers.get("accept-encoding", ""))
    if found is None:
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
        return FileResponse(UNBUILT, media_type="text/html; charset=utf-8", headers=SAFE | policy)
    return _sent(request, found, page_headers() | {"Cache-Control": ASKED_EACH_TIME})


@routes.get("/embed")
async def framed(request: Request, key: Annotated[str, Query(max_length=63)] = "") -> Response:
    """The page inside of another one, for the origins of a key (`CLOISTER_GATEWAY_EMBED`)."""
    origins = gateway_settings().origins_of(key)
    found = find("index.html", request.headers.get("accept-encoding", ""))
    if found is None or not origins:
        raise Refused("not_found", NOT_EMBEDDED.format(key), 404)
    return _sent(request, found, page_headers(" ".join(origins)) | {"Cache-Control": ASKED_EACH_TIME})


@routes.get("/embed.js")
async def embedding(request: Request) -> Response:
    """The script that puts a button into another page, which is of another origin."""
    found = find("embed.js", request.headers.get("accept-encoding", ""))
    if found is None:
        raise Refused("not_found", NOTHING, 404)
    elsewhere = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": ASKED_EACH_TIME}
    return _sent(request, found, SAFE | elsewhere)


@routes.get("/assets/{name:path}")
@routes.get("/pdf/{name:path}")
@routes.get("/theme.js")
@routes.get("/icon.svg")
async def file(request: Request) -> Response:
    """A file of it. Those under assets/ carry a hash of their content in their name."""
    name = request.url.path.removeprefix("/")
    found = find(name, request.headers.get("accept-encoding", ""))
    if found is None:
        raise Refused("not_found", NOTHING, 404)
    kept = UNCHANGING if name.startswith("assets/") else ASKED_EACH_TIME
    return _sent(request, found, SAFE | {"Cache-Control": kept, "Cross-Origin-Resource-Policy": "same-origin"})


def _sent(request: Request, found: BuiltPage, headers: dict[str, str]) -> Response:
    headers |= {"ETag": found.tag, "Vary": "Accept-Encoding"}
    if found.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if found.encoding:
        headers["Content-Encoding"] = found.encoding
    return Response(found.data, headers=headers, media_type=found.media_type)
