"""Which replies are compressed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.events import Describe, DocumentState, DocumentStates
from tests.services.gateway.running import AUTH, gateway

STATE = DocumentState(document_id="d1", revision=1, title="报告.pdf", workspace="finance", status="indexed", object="o")


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        opened.bus.replies[Describe] = lambda wanted: DocumentStates(documents=(STATE,) * wanted.limit, total=200)
        yield opened


async def test_a_long_list_travels_compressed_and_a_short_one_as_it_is(app: Any) -> None:
    packed = {**AUTH, "Accept-Encoding": "gzip"}
    long = await app.http.get("/api/documents?limit=100", headers=packed)
    assert (long.headers["content-encoding"], long.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(long.headers["content-length"]) * 10 < len(long.content)
    assert len(long.json()["documents"]) == 100
    assert "content-encoding" not in (await app.http.get("/api/documents?limit=1", headers=packed)).headers


async def test_who_cannot_unpack_gets_it_plain(app: Any) -> None:
    plain = {**AUTH, "Accept-Encoding": "identity"}
    assert "content-encoding" not in (await app.http.get("/api/documents?limit=100", headers=plain)).headers


async def test_bytes_of_documents_keep_their_ranges_and_tags(app: Any) -> None:
    app.bus.objects["o"] = b"0123456789" * 1000
    packed = {**AUTH, "Accept-Encoding": "gzip"}
    whole = await app.http.get("/api/documents/d1/content", headers=packed)
    assert "content-encoding" not in whole.headers
    part = await app.http.get("/api/documents/d1/content", headers=packed | {"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, b"56789")
    again = await app.http.get("/api/documents/d1/content", headers=packed | {"If-None-Match": whole.headers["etag"]})
    assert again.status_code == 304
