"""Where a call comes from and its kind of credential: recorded, never used for a decision."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.bus.origin import origin, origin_text

KEY = "ck_"
INTERFACES = {"/v1/": "openai", "/mcp": "mcp"}


class Origin:
    """ASGI middleware; `address` is that of the connection, or what a trusted proxy says it is (uvicorn sees to it)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with origin(origin_of(scope)):
            await self._app(scope, receive, send)


def origin_of(scope: Scope) -> str:
    """Address, interface and kind of credential of a call."""
    token = Headers(scope=scope).get("authorization", "").partition(" ")[2].strip()
    kind = "" if not token else "api_key" if token.startswith(KEY) else "token"
    interface = next((name for start, name in INTERFACES.items() if scope["path"].startswith(start)), "http")
    return origin_text(address=(scope.get("client") or ("",))[0], interface=interface, credential=kind)
