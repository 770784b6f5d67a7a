"""Default response headers for browsers and caches."""

from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Answers are for one person: no cache may keep them, and no browser may take them for something else.
ALWAYS = {b"cache-control": b"no-store", b"x-content-type-options": b"nosniff", b"referrer-policy": b"no-referrer"}


class DefaultHeaders:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(message)
            await send(message)

        await self._app(scope, receive, said if scope["type"] == "http" else send)


def _complete(message: MutableMapping[str, Any]) -> None:
    there = {name.lower() for name, _ in message.get("headers", ())}
    more = [(name, value) for name, value in ALWAYS.items() if name not in there]
    message["headers"] = [*message.get("headers", ()), *more]
