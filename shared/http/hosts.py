"""Trusted host names, against DNS rebinding."""

import socket
from collections.abc import Iterable
from ipaddress import ip_address

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

PROBES = {"/healthz", "/readyz", "/metrics"}  # asked by machines, under whatever name these have for it
REFUSED = {
    "error": "Cloister is not called by this name. Set CLOISTER_TRUSTED_HOSTS to the names that lead to it.",
    "reason": "unknown_host",
}


class TrustedHosts:
    """ASGI middleware. Addresses in figures and this machine's own names hold always: they need no name service."""

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        here = socket.gethostname().lower()
        self._names = {name.strip().lower() for name in names if name.strip()} | {"localhost", here}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES or self.trusts(_host(scope)):
            return await self._app(scope, receive, send)
        head = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 421, "headers": head})
        await send({"type": "http.response.body", "body": orjson.dumps(REFUSED)})

    def trusts(self, host: str) -> bool:
        """Is this `Host` header one of ours? `*.example.com` stands for all names below it; `*` for every name."""
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and not host.endswith("]") else host
        name = name.strip("[]").rstrip(".").lower()
        below = any(name.endswith(known[1:]) for known in self._names if known.startswith("*."))
        return "*" in self._names or name in self._names or below or name.endswith(".localhost") or _figures(name)


def _host(scope: Scope) -> str:
    found = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    return found[0] if len(found) == 1 else ""


def _figures(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
