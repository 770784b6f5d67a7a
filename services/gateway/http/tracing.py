"""Opens a span for each HTTP request, continuing the caller's `traceparent`, and measures them all by route."""

import time
from typing import Any

from opentelemetry.trace import Span, SpanKind, Status, StatusCode, use_span
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.bus.envelope import trace_of
from shared.telemetry import tracer
from shared.telemetry.spans import QUERY

TRACED = ("/api/", "/v1/", "/auth/", "/mcp")
PROBES = {"/healthz", "/readyz", "/metrics"}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
HTTP_SECONDS = Histogram(
    "cloister_http_request_seconds",
    "HTTP requests until their last byte; streams last as long as their answers",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120),
)


class TracingMiddleware:
    """ASGI middleware; probes are neither traced nor measured, files of the page are only measured."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES:
            return await self._app(scope, receive, send)
        began, status = time.perf_counter(), 500
        span = _span(scope) if scope["path"].startswith(TRACED) else None

        async def said(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            if span is None:
                await self._app(scope, receive, said)
            else:
                with use_span(span, record_exception=False, set_status_on_exception=False):
                    await self._app(scope, receive, said)
        finally:
            method, route = _method(scope), route_of(scope)
            HTTP_SECONDS.labels(method, route, status).observe(time.perf_counter() - began)
            if span is not None:
                _end(span, scope, f"{method} {route}", status)


def _span(scope: Scope) -> Span:
    host, port = scope.get("server") or ("", 0)
    about: dict[str, Any] = {
        "http.request.method": _method(scope),
        "url.scheme": scope.get("scheme", "http"),
        "url.path": scope["path"],
        "server.address": host,
        "server.port": port or 0,
        "network.protocol.version": scope.get("http_version", "1.1"),
    }
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if agent := headers.get("user-agent"):
        about["user_agent.original"] = agent[:200]
    return tracer("gateway").start_span(_method(scope), trace_of(headers), SpanKind.SERVER, about)


def _end(span: Span, scope: Scope, name: str, status: int) -> None:
    # The route's template, not the path: ids in span names make each its own kind.
    span.update_name(name)
    span.set_attributes({"http.route": route_of(scope), "http.response.status_code": status})
    if query := scope.get("path_params", {}).get("query"):
        span.set_attribute(QUERY, str(query))
    if status >= 500:
        span.set_attribute("error.type", str(status))
        span.set_status(Status(StatusCode.ERROR))
    span.end()


def route_of(scope: Scope) -> str:
    """The template of the route that took the request; `other` when none did."""
    return str(getattr(scope.get("route"), "path", "") or "other")


def _method(scope: Scope) -> str:
    """As the conventions want it: whatever is not a method of HTTP is `_OTHER`."""
    return scope["method"] if scope["method"] in METHODS else "_OTHER"
