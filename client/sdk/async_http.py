"""The HTTP interface for asyncio: `async with AsyncHttp(url, token) as cloister: await cloister.ask("…")`."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from client.sdk.documents import PAGE, SETTLED
from client.sdk.errors import TimedOut
from client.sdk.http import chat_body, key_header
from client.sdk.models import Answer, FoundPassage
from client.sdk.transport import (
    ANSWER_SECONDS,
    EventLines,
    ServerEvent,
    client_options,
    refused,
    unreachable,
    with_token,
    without_none,
)
from shared.events import DocumentState, Received


class AsyncHttp:
    """What most programs use of `Http`; `call` and `events` reach the rest. Refusals are `client.Refused`."""

    def __init__(self, url: str, token: str = "", *, timeout: float = ANSWER_SECONDS) -> None:
        self.url, self.token = url.rstrip("/"), token
        self.client = httpx.AsyncClient(**client_options(self.url, timeout))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.client.aclose()

    async def call(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        """The JSON object of the response."""
        async with self._open(method, path, given) as response:
            found: dict[str, Any] = response.json() if await response.aread() else {}
            return found

    async def events(self, method: str, path: str, **given: Any) -> AsyncIterator[ServerEvent]:
        """Server-sent events as they arrive; an `error` event raises `Refused`."""
        found = EventLines()
        async with self._open(method, path, given) as response:
            async for line in response.aiter_lines():
                if event := found.feed(line):
                    yield event

    @asynccontextmanager
    async def _open(self, method: str, path: str, given: dict[str, Any]) -> AsyncIterator[httpx.Response]:
        try:
            async with self.client.stream(method, path, **with_token(given, self.token)) as response:
                if not response.is_success:
                    await response.aread()
                    raise refused(response)
                yield response
        except httpx.TransportError as error:
            raise unreachable(self.url, error) from error

    async def login(self, username: str, password: str) -> dict[str, Any]:
        """Sign in; later calls use the token."""
        signed = await self.call("POST", "/api/login", json={"username": username, "password": password})
        self.token = signed["access_token"]
        return signed

    async def me(self) -> dict[str, Any]:
        """The caller's name, groups, roles and rights by workspace."""
        return await self.call("GET", "/api/me")

    async def ask(self, question: str, *, key: str = "", **options: Any) -> Answer:
        """The whole answer. The same `key` returns the first answer. `options`: workspace(s), conversation, lane."""
        given = {"json": chat_body(question, options), "headers": key_header(key)}
        return Answer.model_validate(await self.call("POST", "/api/chat", **given))

    async def stream(self, question: str, *, key: str = "", **options: Any) -> AsyncIterator[ServerEvent]:
        """`progress`, `token` and `restart` (the text starts again) as they arrive; the last is `answer`."""
        body = chat_body(question, options) | {"stream": True}
        async for event in self.events("POST", "/api/chat", json=body, headers=key_header(key)):
            yield event

    async def search(self, question: str, workspace: str | None = None, limit: int = 10) -> list[FoundPassage]:
        """Passages without an answer."""
        wanted = without_none(question=question, workspace=workspace, limit=limit)
        found = await self.call("POST", "/api/search", json=wanted)
        return [FoundPassage.model_validate(passage) for passage in found["passages"]]

    async def run_query(self, name: str, parameters: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """Rows of business data: `columns`, `rows`, `row_count`, `more`, `read_at`, `statement`."""
        body = without_none(parameters=parameters or {}, **options)
        return await self.call("POST", f"/api/data/queries/{quote(name, safe='')}", json=body)

    async def query(self, query_id: str) -> dict[str, Any]:
        """The state of a query, its queue position and expected wait; the answer once it exists."""
        return await self.call("GET", f"/api/queries/{query_id}")

    async def cancel(self, query_id: str) -> dict[str, Any]:
        """Cancel a query."""
        return await self.call("DELETE", f"/api/queries/{query_id}")

    async def upload(self, path: Path, workspace: str, **more: str) -> Received:
        """Upload a file; `more`: title, effective, expires, owner, review. It is parsed after this returns."""
        data = await asyncio.to_thread(path.read_bytes)
        files = {"file": (path.name, data, "application/octet-stream")}
        found = await self.call("POST", "/api/documents", data={"workspace": workspace} | more, files=files)
        return Received.model_validate(found)

    async def document(self, document_id: str) -> DocumentState:
        """One document and its newest revision."""
        return DocumentState.model_validate(await self.call("GET", f"/api/documents/{document_id}"))

    async def settled(self, document_id: str, timeout: float = 600) -> DocumentState:  # noqa: ASYNC109
        """The document once it is indexed or rejected."""
        until, pause = time.monotonic() + timeout, 0.1
        while (state := await self.document(document_id)).status not in SETTLED:
            if time.monotonic() > until:
                raise TimedOut(f"{state.title} was still {state.status} after {timeout:.0f} s. Processing continues.")
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 2)
        return state

    async def documents(self, workspace: str | None = None, **wanted: Any) -> AsyncIterator[DocumentState]:
        """All that the caller may read, newest first. `wanted`: status, q (part of the title), due (days)."""
        offset = 0
        while True:
            page = without_none(workspace=workspace, limit=PAGE, offset=offset, **wanted)
            found = (await self.call("GET", "/api/documents", params=page))["documents"]
            for state in found:
                yield DocumentState.model_validate(state)
            offset += len(found)
            if len(found) < PAGE:
                return
