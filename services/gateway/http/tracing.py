"""Opens a span for each HTTP request, continuing the caller's `traceparent`."""

from collections.abc import MutableMapping
from typing import Any

from opentelemetry.propagate import extract
from opentelemetry.trace import SpanKind, Status, StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry import tracer

DOORS = ("/api/", "/v1/")


class Traced:
    """ASGI middleware; probes and pages are left out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(DOORS):
            await self._app(scope, receive, send)
            return
        with tracer("gateway").start_as_current_span(
            scope["method"], context=extract(_headers(scope)), kind=SpanKind.SERVER, record_exception=False
        ) as span:

            async def said(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        span.set_status(Status(StatusCode.ERROR))
                await send(message)

            try:
                await self._app(scope, receive, said)
            finally:
                # The route's template, not the path: ids in span names make each its own kind.
                span.update_name(f"{scope['method']} {getattr(scope.get('route'), 'path', 'unknown')}")


def _headers(scope: MutableMapping[str, Any]) -> dict[str, str]:
    wanted = (b"traceparent", b"tracestate")
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"] if name in wanted}
