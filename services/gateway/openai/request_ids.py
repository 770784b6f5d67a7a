"""Headers that OpenAI's clients read: the request's id, which is the query's, and what is left of the day."""

from datetime import UTC, datetime
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.queries.pending_queries import PendingQuery


class RequestIds:
    """ASGI middleware for /v1."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1"):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), state.get("call"))
            await send(message)

        await self._app(scope, receive, told)


def _add(headers: MutableHeaders, call: PendingQuery | None) -> None:
    headers["x-request-id"] = call.query if call else uuid4().hex
    if call and (left := call.allowance):
        seconds = max(0, round((left.renewed_at - datetime.now(UTC)).total_seconds()))
        headers["x-ratelimit-limit-requests"] = str(left.daily)
        headers["x-ratelimit-remaining-requests"] = str(left.left)
        headers["x-ratelimit-reset-requests"] = f"{seconds}s"
