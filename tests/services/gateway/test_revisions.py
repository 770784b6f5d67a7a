"""Old revisions over HTTP: their history, their bytes, the page of a citation, and answers that cite them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.gateway.documents.quote_locator import place_of
from services.gateway.queries.answers import proven, settle
from shared.events import (
    Amend,
    DescribeRemoval,
    DescribeRevisions,
    DocumentHistory,
    DocumentShown,
    DocumentState,
    Removal,
    Retry,
    Revision,
)
from shared.page_text import pack
from tests.services.gateway.running import AUTH, answered, gateway

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PAGES = pack([(1, "一"), (3, "费用为\n五百元。 Trains before planes.")])


def revision(number: int, **more: Any) -> Revision:
    about = {"title": "报告.pdf", "size": 3, "sha256": "0", "by": "person:alice", "at": NOW, "status": "indexed"}
    return Revision.model_validate(about | {"revision": number, "pages": 3, "object": "o", "text": "t"} | more)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        kept = [revision(4, current=True), revision(2, superseded=True), revision(1, superseded=True, kept=False)]

        def history(wanted: DescribeRevisions) -> DocumentHistory:
            found = tuple(one for one in kept if wanted.revision in (None, one.revision))
            return DocumentHistory(document_id="d1", title="报告.pdf", workspace="finance", newest=4, revisions=found)

        opened.bus.replies[DescribeRevisions] = history
        opened.bus.objects |= {"o": b"old", "t": PAGES}
        yield opened


async def get(app: Any, path: str) -> Any:
    return await app.http.get(f"/api/documents/d1/revisions{path}", headers=AUTH)


async def test_the_history_tells_each_revision_and_not_where_its_bytes_lie(app: Any) -> None:
    body = (await get(app, "")).json()
    assert [one["revision"] for one in body["revisions"]] == [4, 2, 1]
    assert (body["newest"], body["revisions"][0]["current"], body["revisions"][0]["by"]) == (4, True, "person:alice")
    assert not {"object", "text"} & set(body["revisions"][0])
    assert (await get(app, "/2")).json()["superseded"] is True


async def test_an_old_revision_opens_and_says_which_one_took_its_place(app: Any) -> None:
    old, new = await get(app, "/2/content"), await get(app, "/4/content")
    assert (old.content, old.headers["cloister-superseded"]) == (b"old", "4")
    assert "cloister-superseded" not in new.headers


async def test_bytes_that_are_let_go_are_told_in_words(app: Any) -> None:
    reply = await get(app, "/1/content")
    assert (reply.status_code, reply.json()["reason"]) == (410, "revision_not_kept")


async def test_a_cited_page_opens_with_the_place_of_its_quote(app: Any) -> None:
    body = (await get(app, "/2/pages/3?quote=费用为五百元。")).json()
    assert (body["page"], body["pages"], body["superseded"], body["newest"]) == (3, 3, True, 4)
    assert body["text"][body["start"] : body["end"]] == "费用为\n五百元。"
    missing = await get(app, "/2/pages/2")
    assert (missing.status_code, missing.json()["reason"]) == (404, "page_not_found")


def test_a_quote_is_found_whatever_its_spaces() -> None:
    assert place_of("Trains  before\nplanes", "x Trains before planes.") == {"start": 2, "end": 22}
    row = "| 名称 | 年费 |\n| --- | --- |\n| 快拆 **泵盖** | 900 |"
    place = place_of("快拆 泵盖 · 900;", row)
    assert row[place["start"] : place["end"]] == "快拆 **泵盖** | 900", "a row's dots are bars in the page"
    assert place_of("not there", "x") == {"start": None, "end": None}
    assert place_of(" ", "x") == {"start": None, "end": None}


async def test_an_answer_that_is_read_again_says_what_is_superseded(app: Any) -> None:
    async def reply(asked: Any) -> None:
        kept = await app.bus.store(answered(asked))
        await settle(app.context, proven(app.context, kept, "gateway"))

    app.bus.then = reply
    body = {"question": "What was the margin?", "workspace": "finance"}
    keyed = AUTH | {"Idempotency-Key": "k1"}
    fresh = (await app.http.post("/api/chat", json=body, headers=keyed)).json()
    assert fresh["citations"][0]["superseded"] is False
    stored = app.bus.stored[f"answer.gateway.{fresh['query_id']}"].data
    app.bus.newest = {"d1": 4}
    again = (await app.http.get(f"/api/queries/{fresh['query_id']}", headers=AUTH)).json()
    repeat = (await app.http.post("/api/chat", json=body, headers=keyed)).json()
    for found in (again, repeat):
        assert (found["citations"][0]["superseded"], found["citations"][0]["newest"]) == (True, 4)
    stream = await app.http.get(f"/api/queries/{fresh['query_id']}/events", headers=AUTH)
    assert '"superseded":true' in stream.text
    app.bus.newest = {"d1": 1}
    again = (await app.http.get(f"/api/queries/{fresh['query_id']}", headers=AUTH)).json()
    assert again["citations"][0]["superseded"] is False
    assert app.bus.stored[f"answer.gateway.{fresh['query_id']}"].data == stored


async def test_withdrawing_restoring_and_trying_again_are_routes_of_their_own(app: Any) -> None:
    state = DocumentState(document_id="d1", revision=1, title="a", workspace="finance", status="indexed")
    app.bus.replies[Amend] = lambda wanted: state.model_copy(update={"withdrawn": wanted.withdrawn})
    app.bus.replies[Retry] = lambda _: state.model_copy(update={"status": "received", "revision": 2})
    replies = [
        await app.http.post(f"/api/documents/d1/{act}", headers=AUTH) for act in ("withdraw", "restore", "retry")
    ]
    assert [reply.json()["withdrawn"] for reply in replies[:2]] == [True, False]
    assert (replies[2].status_code, replies[2].json()["status"]) == (202, "received")
    assert [wanted.action for wanted in app.bus.asked[::2]] == ["write"] * 3


async def test_what_is_left_of_a_removed_document_is_told(app: Any) -> None:
    app.bus.replies[DescribeRemoval] = lambda _: Removal(
        document_id="d1", workspace="finance", status="removed", by="person:alice", removed_at=NOW, gone_at=NOW,
        revisions=2, chunks=7, size=50,
    )  # fmt: skip
    body = (await app.http.get("/api/documents/d1/removal", headers=AUTH)).json()
    assert (body["status"], body["chunks"], body["gone_at"]) == ("removed", 7, "2026-07-01T00:00:00Z")


@pytest.mark.parametrize(
    ("wanted", "part", "told"),
    [
        ("bytes=0-0", b"o", "0-0/3"),
        ("bytes=1-", b"ld", "1-2/3"),
        ("bytes=-2", b"ld", "1-2/3"),
        ("bytes=1-99", b"ld", "1-2/3"),
    ],
)
async def test_a_part_of_the_bytes_is_sent(app: Any, wanted: str, part: bytes, told: str) -> None:
    path = "/api/documents/d1/revisions/2/content"
    reply = await app.http.get(path, headers=AUTH | {"Range": wanted})
    assert (reply.status_code, reply.content, reply.headers["Content-Range"]) == (206, part, f"bytes {told}")


async def test_bytes_that_are_known_are_not_sent_again_and_parts_of_others_are_sent_whole(app: Any) -> None:
    path = "/api/documents/d1/revisions/2/content"
    first = await app.http.get(path, headers=AUTH)
    tag = first.headers["ETag"]
    again = await app.http.get(path, headers=AUTH | {"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    part = {"Range": "bytes=1-1"}
    assert (await app.http.get(path, headers=AUTH | part | {"If-Range": tag})).content == b"l"
    assert (await app.http.get(path, headers=AUTH | part | {"If-Range": '"other"'})).content == b"old"
    assert (await app.http.get(path, headers=AUTH | {"Range": "bytes=0-0,2-2"})).content == b"old"
    beyond = await app.http.get(path, headers=AUTH | {"Range": "bytes=3-"})
    assert (beyond.status_code, beyond.json()["reason"]) == (416, "range_not_satisfiable")
    assert beyond.headers["Content-Range"] == "bytes */3"
    assert (await app.http.get(path, headers=AUTH | {"Range": "bytes=2-1"})).status_code == 200, "it is no range"


async def test_head_tells_what_get_would_without_the_bytes_and_is_no_reading(app: Any) -> None:
    path = "/api/documents/d1/revisions/2/content"
    told = await app.http.head(path, headers=AUTH | {"Range": "bytes=1-1"})
    assert (told.status_code, told.content, told.headers["Content-Length"]) == (200, b"", "3")
    assert not [event for event in app.bus.published if isinstance(event, DocumentShown)]
    whole = await app.http.get(path, headers=AUTH)
    for name in (
        "ETag",
        "Accept-Ranges",
        "Content-Length",
        "Content-Type",
        "Content-Disposition",
        "Cloister-Superseded",
    ):
        assert told.headers[name] == whole.headers[name], name
    known = await app.http.head(path, headers=AUTH | {"If-None-Match": told.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert (await app.http.head(path.replace("2", "1"), headers=AUTH)).status_code == 410
    assert (await app.http.head(path)).status_code == 401
