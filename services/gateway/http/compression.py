"""Compresses JSON replies."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

PACKED = ("/api/", "/v1/", "/openapi.json")
LEAST = 1024  # bytes: below it the header costs as much as is saved
LEVEL = 5  # of 9: nearly as small as the smallest, at half the time


class CompressionMiddleware:
    """ASGI middleware. Left out: bytes of documents (they have ranges), events, and `/auth`, whose replies hold tokens.

    A reply that holds a secret and a part that somebody else chose tells the secret by its compressed size (BREACH).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packing = GZipMiddleware(app, minimum_size=LEAST, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packs = scope["type"] == "http" and _packs(scope["path"])
        await (self._packing if packs else self._app)(scope, receive, send)


def _packs(path: str) -> bool:
    return path.startswith(PACKED) and not path.endswith("/content")
