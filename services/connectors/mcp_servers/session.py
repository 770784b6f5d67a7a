"""A session with an MCP server over HTTP: no redirect to another host, and no endless reply."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

BYTES = 8 * 1024 * 1024  # of a reply


class TooLarge(Exception):
    """A reply of more than `BYTES`."""


@asynccontextmanager
async def session(url: str, token: str, seconds: float) -> AsyncIterator[Client]:
    """Connected; `token` goes to this server alone."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    transport = _Bounded(trust_env=False)
    async with (
        httpx2.AsyncClient(transport=transport, headers=headers, timeout=seconds, trust_env=False) as http,
        Client(streamable_http_client(url, http_client=http, max_sse_event_size=BYTES)) as client,
    ):
        yield client


def causes(error: BaseException) -> Iterator[BaseException]:
    """What went wrong inside of the groups that the client raises."""
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from causes(one)
    else:
        yield error


class _Bounded(httpx2.AsyncHTTPTransport):
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        reply = await super().handle_async_request(request)
        reply.stream = _Counted(reply.stream)
        return reply


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream | httpx2.AsyncByteStream) -> None:
        if not isinstance(stream, httpx2.AsyncByteStream):
            raise TypeError("an asynchronous client has asynchronous streams")
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for part in self._stream:
            read += len(part)
            if read > BYTES:
                raise TooLarge
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
