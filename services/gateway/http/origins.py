"""Pages of other origins that may call: exactly those of the setting, without cookies."""

from fastapi import Request
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.settings import GatewaySettings, gateway_settings
from shared.settings import settings

PREFIXES = ("/api/", "/v1/", "/mcp")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SENT = (
    "Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "Mcp-Session-Id", "Mcp-Protocol-Version",
    "Mcp-Method", "Mcp-Name", "Traceparent",
)  # fmt: skip
READ = (
    "X-Query-Id", "X-Request-Id", "Retry-After", "Mcp-Session-Id", "X-RateLimit-Limit-Requests",
    "X-RateLimit-Remaining-Requests", "X-RateLimit-Reset-Requests",
)  # fmt: skip


class Cors:
    """ASGI middleware for the interfaces of programs; the page's own routes and its cookies are left out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        origins = gateway_settings().origins_allowed
        self._cors = CORSMiddleware(
            app, allow_origins=origins, allow_methods=METHODS, allow_headers=_headers(), expose_headers=READ
        )
        self._on = bool(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = self._on and scope["type"] == "http" and scope["path"].startswith(PREFIXES)
        await (self._cors if wanted else self._app)(scope, receive, send)


def own_origin(request: Request, own: GatewaySettings, origin: str) -> bool:
    """Whether a page's origin is ours or one of the setting."""
    base = request.base_url
    mine = {f"{base.scheme}://{base.netloc}", settings().public_url.rstrip("/")}
    return origin in mine or origin in own.origins_allowed


def _headers() -> list[str]:
    """OpenAI's JavaScript client adds headers of its own, which a browser asks for one by one."""
    told = ("Arch", "Lang", "OS", "Package-Version", "Retry-Count", "Runtime", "Runtime-Version", "Timeout", "Async")
    return [*SENT, *(f"X-Stainless-{name}" for name in told), "OpenAI-Organization", "OpenAI-Project"]
