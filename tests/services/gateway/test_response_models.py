"""What OpenAPI promises of a reply is what comes: the page's types are made from it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from services.gateway.http.openapi import document
from shared.events import (
    Describe,
    DocumentState,
    DocumentStates,
    FindNewest,
    Found,
    Locate,
    Located,
    Newest,
    Passage,
    Search,
)
from tests.services.gateway.running import AUTH, gateway
from tests.services.gateway.test_chat import answers_with

OPENAPI = document()
STREAMS = {"/api/queries/{query}/events"}
BYTES = {
    "/api/documents/{document}/content", "/api/documents/{document}/revisions/{number}/content",
    "/api/audit/checkpoint", "/api/audit/export", "/api/audit/export/header",
    "/api/audit/bundles", "/api/audit/tile/{path}",
}  # fmt: skip
# Made and removed things are told as auth tells them, kind by kind.
LOOSE = {(method, path) for method in ("post", "delete") for path in OPENAPI["paths"] if path.count("/") < 4}  # type: ignore[attr-defined]


@pytest.fixture
async def route(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        answers_with(opened, "41 % [1].")
        opened.bus.replies[FindNewest] = lambda wanted: Newest(newest={"d1": 3})
        state = DocumentState(document_id="d1", revision=1, title="报告.pdf", workspace="finance", status="indexed")
        opened.bus.replies[Describe] = lambda wanted: DocumentStates(documents=(state,), total=1)
        passage = Passage(
            document_id="d1",
            revision=1,
            workspace="finance",
            title="报告.pdf",
            chunk=0,
            page=1,
            text="毛利率",
            score=0.5,
        )
        opened.bus.replies[Search] = lambda wanted: Found(passages=(passage,))
        opened.bus.replies[Locate] = lambda wanted: Located(stage="waiting", position=1)
        yield opened


def schema(path: str, method: str, status: str = "200") -> dict[str, Any]:
    responses: dict[str, Any] = OPENAPI["paths"][path][method]["responses"]  # type: ignore[index]
    found: dict[str, Any] = responses[status]["content"]["application/json"]["schema"]
    return found


def holds(body: Any, path: str, method: str) -> None:
    """It fits, and nothing is left unsaid."""
    wanted = schema(path, method)
    jsonschema.validate(body, wanted | {"components": OPENAPI["components"]})
    known = OPENAPI["components"]["schemas"][wanted["$ref"].rsplit("/", 1)[-1]]["properties"]  # type: ignore[index]
    assert set(body) <= set(known), f"OpenAPI of {path} does not tell of {set(body) - set(known)}"


def test_every_reply_that_is_json_has_a_schema() -> None:
    silent = [
        (method, path)
        for path, methods in OPENAPI["paths"].items()  # type: ignore[attr-defined]
        for method in methods
        if path.startswith("/api/") and path not in STREAMS | BYTES and (method, path) not in LOOSE
        for status, reply in methods[method]["responses"].items()
        if status.startswith("2") and not reply.get("content", {}).get("application/json", {}).get("schema")
    ]
    assert silent == []


async def test_replies_are_what_openapi_says(route: Any) -> None:
    body = {"question": "What was the margin?", "conversation": "a"}
    asked = (await route.http.post("/api/chat", json=body, headers=AUTH)).json()
    holds(asked, "/api/chat", "post")
    for path, call in (
        ("/api/conversations", ""), ("/api/conversations/{conversation}", "/api/conversations/a"),
        ("/api/documents", ""), ("/api/documents/{document}", "/api/documents/d1"),
    ):  # fmt: skip
        holds((await route.http.get(call or path, headers=AUTH)).json(), path, "get")
    found = (await route.http.post("/api/search", json={"question": "margin"}, headers=AUTH)).json()
    holds(found, "/api/search", "post")
