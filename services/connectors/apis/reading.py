"""One GET of an API: its list of records as rows, without those that the asker may not see."""

import asyncio
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import orjson

from services.connectors.apis.openapi import Operation, operations
from services.connectors.databases.errors import away, changed, failed
from services.connectors.databases.rows import Cell, Rows
from services.connectors.databases.slots import in_time
from services.connectors.declarations.parameters import NamedQuery
from services.connectors.declarations.sources import Source
from services.connectors.results.records import records, rows_of, service_token
from shared.security.capability import Right

BYTES = 8 * 1024 * 1024  # of a reply


class Api:
    """Redirects are not followed, and no other host is ever asked."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._source, self._folder = source, folder
        self._free = asyncio.Semaphore(source.connections)

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """The GET operations of the document."""
        return operations(self._folder / self._source.openapi)

    async def run(self, query: NamedQuery, parameters: Mapping[str, Cell], right: Right) -> tuple[str, Rows]:
        """The address that was read, and the rows this asker may see."""
        operation = self.operations.get(query.path)
        if operation is None:
            raise changed(self._title, f"its OpenAPI document has no GET {query.path}")
        address, wanted = self._address(operation, parameters)
        found = records(_json(await self._get(address, wanted), self._title), query.items, self._title)
        return str(httpx.URL(address, params=wanted)), rows_of(query, self._source, found, right)

    @property
    def _title(self) -> str:
        return self._source.title.said(True)

    def _address(self, operation: Operation, parameters: Mapping[str, Cell]) -> tuple[str, dict[str, str]]:
        path = operation.path
        for name in operation.in_path:
            path = path.replace("{" + name + "}", quote(str(parameters.get(name, "")), safe=""))
        wanted = {name: str(value) for name, value in parameters.items() if name in operation.in_query}
        return self._source.address(self._folder).rstrip("/") + path, wanted

    async def _get(self, address: str, wanted: dict[str, str]) -> bytes:
        try:
            async with in_time(self._free, self._title, self._source.timeout_seconds):
                return await self._fetched(address, wanted)
        except httpx.HTTPError as error:
            raise away(self._title) from error

    async def _fetched(self, address: str, wanted: dict[str, str]) -> bytes:
        body = b""
        async with (
            httpx.AsyncClient(trust_env=False, headers=self._headers(), timeout=self._source.timeout_seconds) as http,
            http.stream("GET", address, params=wanted) as reply,
        ):
            if reply.status_code >= 500:
                raise away(self._title)
            if reply.status_code != 200:
                raise failed(self._title, f"it answered {reply.status_code}")
            async for part in reply.aiter_bytes():
                body += part
                if len(body) > BYTES:
                    raise failed(self._title, "its reply is larger than 8 MiB")
        return body

    def _headers(self) -> dict[str, str]:
        token = service_token(self._source, self._folder)
        return {"accept": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})


def _json(body: bytes, title: str) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise changed(title, "its reply is not JSON") from error
