"""The official MCP client at /mcp of a running system, in both revisions of the protocol."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from client import Http
from tests.support.company import PAGES, Company
from tests.support.department import HOTEL, MEALS, Department, finance
from tests.support.mcp_messages import HELLO, SPEAKS

__all__ = ["finance"]
MODES = pytest.mark.parametrize("mode", ["legacy", "auto"])


@asynccontextmanager
async def connected(company: Company, caller: Http, mode: str = "auto") -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {caller.token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        transport = streamable_http_client(f"{company.system.base}/mcp", http_client=http)
        async with Client(transport, mode=mode) as client:
            yield client


async def call(client: Client, name: str, **given: Any) -> dict[str, Any]:
    reply = await client.call_tool(name, given)
    assert not reply.is_error, reply.content
    found: dict[str, Any] = reply.structured_content
    return found


@MODES
async def test_an_agent_searches_asks_and_reads(finance: Department, cloister: Company, mode: str) -> None:
    async with connected(cloister, finance.alice, mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert sorted(tools) == [
            "ask", "get_page", "list_named_queries", "list_workspaces", "run_named_query", "search",
        ]  # fmt: skip
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())
        spaces = await call(client, "list_workspaces")
        assert [one["workspace"] for one in spaces["workspaces"]] == [finance.name]
        best = (await call(client, "search", question=HOTEL, limit=3))["passages"][0]
        assert best["title"] == "Overseas Travel Policy.docx"
        page = await call(client, "get_page", document_id=best["document_id"], page=best["page"])
        assert "180 US dollars" in page["text"]
        answer = await call(client, "ask", question=HOTEL, workspace=finance.name)
        assert "180 US dollars" in answer["answer"]
        assert answer["citations"][0]["document_id"] == best["document_id"]
    records = cloister.recorded(answer["query_id"], "query.asked.v1", "query.grounded.v1")
    assert {record.origin.get("interface") for record in records if record.subject == "query.asked.v1"} == {"mcp"}
    cloister.recorded(best["document_id"], "document.shown.v1")


@MODES
async def test_progress_is_told_while_a_question_waits(finance: Department, cloister: Company, mode: str) -> None:
    told: list[tuple[float, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message))

    async with connected(cloister, finance.alice, mode) as client:
        reply = await client.call_tool("ask", {"question": f"{MEALS} 慢慢说。"}, progress_callback=hear)
    assert not reply.is_error
    assert "Writing" in [message for _, message in told]
    assert [number for number, _ in told] == sorted({number for number, _ in told})


@MODES
async def test_a_cancelled_call_calls_the_question_off(finance: Department, cloister: Company, mode: str) -> None:
    begun = asyncio.Event()

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        if message == "Writing":
            begun.set()

    who = finance.alice.me()["id"]

    def called_off() -> int:
        return len(cloister.admin.audit_records(principal=who, kind="query.cancelled."))

    before = called_off()
    async with connected(cloister, finance.alice, mode) as client:
        asked = asyncio.create_task(client.call_tool("ask", {"question": f"{HOTEL} dragging"}, progress_callback=hear))
        await asyncio.wait_for(begun.wait(), 30)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert await asyncio.to_thread(cloister.until, lambda: called_off() > before, 20)


async def test_what_is_not_open_is_told_as_over_http(finance: Department, cloister: Company) -> None:
    async with connected(cloister, finance.bob) as client:
        for name, given in (("search", {"question": HOTEL}), ("ask", {"question": HOTEL})):
            reply = await client.call_tool(name, given | {"workspace": finance.name})
            assert reply.is_error
            assert reply.structured_content["reason"] == "workspace_not_found"
        wrong = await client.call_tool("search", {"question": HOTEL, "limit": 500, "workspace": None})
        assert wrong.is_error
        assert "limit" in wrong.content[0].text
        unknown = await client.call_tool("run_named_query", {"name": "salaries"})
        assert unknown.structured_content["reason"] == "named_query_not_found"
        assert (await client.list_resources()).resources == []
        with pytest.raises(MCPError, match="no resource"):
            await client.read_resource("file:///etc/passwd")
        with pytest.raises(MCPError, match="no tool"):
            await client.call_tool("delete", {})


@MODES
async def test_documents_are_resources(finance: Department, cloister: Company, mode: str) -> None:
    async with connected(cloister, finance.alice, mode) as client:
        named = {one.name: one.uri for one in (await client.list_resources()).resources}
        uri = named["Overseas Travel Policy.docx"]
        (text,) = (await client.read_resource(uri)).contents
        assert "180 US dollars" in text.text
        assert (await client.read_resource(f"{uri}/pages/1")).contents[0].text == text.text
        (template,) = (await client.list_resource_templates()).resource_templates
        assert template.uri_template.startswith("cloister://documents/")
    async with connected(cloister, finance.bob, mode) as client:
        with pytest.raises(MCPError, match="no such document"):
            await client.read_resource(uri)


def test_who_calls_and_from_where_is_checked_before_anything(finance: Department, cloister: Company) -> None:
    with httpx.Client(base_url=cloister.system.base, headers=SPEAKS, timeout=30) as http:
        mine = {"Authorization": f"Bearer {finance.alice.token}"}
        nobody = http.post("/mcp", json=HELLO)
        assert (nobody.status_code, nobody.headers["www-authenticate"]) == (401, "Bearer")
        foreign = http.post("/mcp", json=HELLO, headers=mine | {"Origin": "https://evil.example.com"})
        assert (foreign.status_code, foreign.json()["reason"]) == (403, "wrong_origin")
        for origin in (PAGES, cloister.system.base):
            opened = http.post("/mcp", json=HELLO, headers=mine | {"Origin": origin})
            assert opened.status_code == 200, opened.text
        session = {"Mcp-Session-Id": opened.headers["mcp-session-id"]}
        listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
        assert http.post("/mcp", json=listing, headers=mine | session).status_code == 200
        other = {"Authorization": f"Bearer {finance.bob.token}"}
        assert http.post("/mcp", json=listing, headers=other | session).status_code == 404
