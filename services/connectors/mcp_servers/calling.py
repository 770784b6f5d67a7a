"""One call of a tool: its records as rows."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import orjson
from mcp import Client, MCPError
from mcp.types import CallToolResult, Tool

from services.connectors.databases.errors import away, changed, failed, unsafe_tool
from services.connectors.databases.rows import Cell, Rows
from services.connectors.databases.slots import in_time
from services.connectors.declarations.parameters import NamedQuery
from services.connectors.declarations.sources import Source
from services.connectors.mcp_servers.session import BYTES, TooLarge, causes, session
from services.connectors.results.records import records, rows_of, service_token
from shared.errors import Refused
from shared.security.capability import Right

Found = TypeVar("Found")


class ToolServer:
    """A session for each call: the server sees one asker at a time."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._source, self._folder = source, folder
        self._free = asyncio.Semaphore(source.connections)

    @property
    def audience(self) -> str:
        """The address that a person's token is made for; empty where the source has a token of its own."""
        return self._source.address(self._folder) if self._source.person_token else ""

    async def run(
        self, query: NamedQuery, parameters: Mapping[str, Cell], right: Right, token: str
    ) -> tuple[str, Rows]:
        """The call as text, and the rows this asker may see; `token` is the asker's for this server, or empty."""
        result, arguments = await self._within(lambda: self._call(query.tool, parameters, token))
        told = ", ".join(f"{name}={value!r}" for name, value in sorted(arguments.items()))
        found = records(_content(result), query.items, self._title)
        return f"{query.tool}({told})", rows_of(query, self._source, found, right)

    async def problems(self) -> list[str]:
        """What is wrong with its tools, for who declared them."""
        known = await self._within(self._tools)
        missing = [f"It has no tool {name!r}." for name in self._source.tools if name not in known]
        writing = [name for name in self._source.tools if name in known and not _reads(known[name])]
        return missing + [f"The tool {name!r} does not say that it only reads (readOnlyHint)." for name in writing]

    @property
    def _title(self) -> str:
        return self._source.title.said(True)

    async def _within(self, work: Callable[[], Awaitable[Found]]) -> Found:
        """In a free place and in time; what goes wrong is told in words."""
        try:
            async with in_time(self._free, self._title, self._source.timeout_seconds):
                return await work()
        except Refused:
            raise
        except Exception as error:  # the MCP client raises many types; each becomes a `Refused`
            raise self._worded(error) from error

    async def _tools(self) -> dict[str, Tool]:
        async with self._session("") as client:
            return await _listed(client)

    async def _call(
        self, name: str, parameters: Mapping[str, Cell], token: str
    ) -> tuple[CallToolResult, dict[str, Cell]]:
        async with self._session(token) as client:
            tool = (await _listed(client)).get(name)
            if tool is None:
                raise changed(self._title, f"it has no tool {name!r} any more")
            if not _reads(tool):
                raise unsafe_tool(self._title, name)
            wanted = tool.input_schema.get("properties", {})
            arguments = {key: value for key, value in parameters.items() if key in wanted}
            result = await client.call_tool(name, arguments)
        if result.is_error:
            raise failed(self._title, _text(result) or "the tool failed")
        return result, arguments

    def _session(self, token: str) -> Any:
        token = token or service_token(self._source, self._folder)
        return session(self._source.address(self._folder), token, self._source.timeout_seconds)

    def _worded(self, error: Exception) -> Refused:
        for cause in causes(error):
            match cause:
                case Refused():
                    return cause
                case TooLarge():
                    return failed(self._title, f"its reply is larger than {BYTES >> 20} MiB")
                case MCPError():
                    return failed(self._title, str(cause.error.message))
        return away(self._title)


async def _listed(client: Client) -> dict[str, Tool]:
    """All tools, page after page."""
    found: dict[str, Tool] = {}
    cursor = None
    while True:
        page = await client.list_tools(cursor=cursor)
        found |= {tool.name: tool for tool in page.tools}
        cursor = page.next_cursor
        if cursor is None:
            return found


def _reads(tool: Tool) -> bool:
    return bool(tool.annotations and tool.annotations.read_only_hint)


def _content(result: CallToolResult) -> Any:
    """Its structured content; else its text as JSON; else its text."""
    if result.structured_content is not None:
        return result.structured_content
    try:
        return orjson.loads(_text(result))
    except orjson.JSONDecodeError:
        return {"text": _text(result)}


def _text(result: CallToolResult) -> str:
    return "\n".join(part.text for part in result.content if part.type == "text")
