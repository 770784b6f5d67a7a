"""Documents, people, queries, feedback, the trail and the pages."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from services.gateway.admission import credential
from services.gateway.answers import settle
from services.gateway.tables import feedback
from services.gateway.trail import _followed
from services.gateway.uploads import attachment, safe
from services.gateway.waiting import Call
from shared.errors import Refused
from shared.events import (
    Admit,
    Create,
    Describe,
    DocumentState,
    DocumentStates,
    Found,
    Item,
    Items,
    List,
    Locate,
    Located,
    Passage,
    QueryCancelled,
    ReadTrail,
    Receive,
    Record,
    Records,
    Remove,
    Search,
    SignedIn,
    SignIn,
)
from tests.services.gateway import AUTH, answered, gateway, question

BOB = {"Authorization": "Bearer bob-token"}
STATE = DocumentState(
    document_id="d1", revision=1, title="报告.pdf", workspace="finance", status="received", object="o1"
)


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path, upload_mb=1) as opened:
        opened.bus.replies[Receive] = lambda wanted: STATE.model_copy(update={"title": wanted.title})
        opened.bus.replies[Describe] = lambda wanted: DocumentStates(documents=(STATE,), total=1)
        yield opened


async def upload(door: Any, name: str = "a.txt", data: bytes = b"hello", **fields: str) -> Any:
    form = {"workspace": "finance"} | fields
    return await door.http.post("/api/documents", data=form, files={"file": (name, data)}, headers=AUTH)


async def test_an_upload_is_kept_and_received(door: Any) -> None:
    reply = await upload(door, "../../报告 q4.pdf", effective="2026-07-01")
    assert (reply.status_code, reply.json()["document_id"], reply.json()["title"]) == (202, "d1", "报告 q4.pdf")
    assert "object" not in reply.json()
    received = door.bus.asked[-1]
    assert door.bus.objects == {received.object: b"hello"}
    assert (received.sha256, received.size) == (hashlib.sha256(b"hello").hexdigest(), 5)
    assert received.effective == datetime(2026, 7, 1, tzinfo=UTC)
    assert door.bus.asked[0].action == "write"


async def test_bad_uploads_are_refused_in_words(door: Any) -> None:
    for reply, status, word in (
        (await upload(door, data=b""), 422, "0 bytes"),
        (await upload(door, workspace="nothere"), 404, "workspace"),
        (await upload(door, workspace="legal"), 404, "workspace"),
        (await upload(door, colour="red"), 422, "colour"),
        (await upload(door, effective="soon"), 422, "soon"),
        (await upload(door, data=b"x" * 1_200_000), 413, "too big"),
        (await door.http.post("/api/documents", json={"file": "x"}, headers=AUTH), 422, "multipart"),
        (
            await door.http.post("/api/documents", data={"workspace": "finance"}, files={"x": b"y"}, headers=AUTH),
            422,
            "x",
        ),
    ):
        assert reply.status_code == status
        assert word in reply.json()["error"]
    assert not door.bus.objects
    assert (await door.http.post("/api/documents", files={"file": b"x"})).status_code == 401


async def test_the_bytes_of_a_refused_upload_do_not_stay(door: Any) -> None:
    def refuse(_: Receive) -> None:
        raise Refused("too_many", "The workspace is full. Delete documents first.", 409)

    door.bus.replies[Receive] = refuse
    assert (await upload(door)).status_code == 409
    assert not door.bus.objects


async def test_documents_are_listed_and_their_bytes_are_only_saved(door: Any) -> None:
    listed = (await door.http.get("/api/documents?workspace=finance&limit=5", headers=AUTH)).json()
    assert (listed["total"], listed["documents"][0]["title"]) == (1, "报告.pdf")
    door.bus.objects["o1"] = b"<script>"
    content = await door.http.get("/api/documents/d1/content", headers=AUTH)
    assert content.content == b"<script>"
    assert content.headers["content-disposition"].startswith('attachment; filename="__.pdf"; filename*=UTF-8')
    assert (content.headers["x-content-type-options"], content.headers["content-type"]) == (
        "nosniff",
        "application/octet-stream",
    )
    door.bus.replies[Describe] = lambda _: DocumentStates(documents=(), total=0)
    for path in ("/api/documents/d2", "/api/documents/d2/content"):
        assert (await door.http.get(path, headers=AUTH)).json()["reason"] == "document_not_found"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("C:\\temp\\x.pdf", "x.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\nc\u202ed.txt", "abcd.txt"),
        ("..", "document"),
        ("", "document"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_file_names_are_made_safe(name: str, kept: str) -> None:
    assert safe(name) == kept
    assert "\n" not in attachment(kept)["Content-Disposition"]


async def test_people_are_passed_to_auth(door: Any) -> None:
    door.bus.replies |= {
        SignIn: lambda wanted: SignedIn(access_token="t-" + wanted.username, expires_in=60),
        Create: lambda wanted: Item(fields=wanted.fields),
        List: lambda wanted: Items(items=(Item(fields={"id": wanted.kind}),)),
        Remove: lambda wanted: Item(fields={"name": wanted.name}),
    }
    signed = await door.http.post("/api/login", json={"username": "alice", "password": "p"})
    assert signed.json() == {"access_token": "t-alice", "token_type": "bearer", "expires_in": 60}
    for kind in ("user", "workspace", "grant", "key"):
        assert (await door.http.post(f"/api/{kind}s", json={"a": kind}, headers=AUTH)).status_code == 201
        assert door.bus.asked[-1].kind == kind
        assert (await door.http.get(f"/api/{kind}s", headers=AUTH)).json() == {f"{kind}s": [{"id": kind}]}
        assert (await door.http.delete(f"/api/{kind}s/x", headers=AUTH)).json() == {"name": "x"}
    assert (await door.http.get("/api/me", headers=AUTH)).json() == {"id": "me"}


async def test_search_gives_passages_without_a_model(door: Any) -> None:
    passage = Passage(
        document_id="d1",
        revision=1,
        workspace="finance",
        title="t",
        chunk=0,
        page=2,
        heading=("A", "B"),
        text="x",
        score=0.5,
    )
    door.bus.replies[Search] = lambda wanted: Found(passages=(passage,) * wanted.limit)
    reply = await door.http.post("/api/search", json={"question": "margin", "limit": 2}, headers=AUTH)
    first, _ = reply.json()["passages"]
    assert set(first) == {"document_id", "revision", "title", "page", "heading", "text", "score", "legs"}
    assert first["heading"] == "A › B"


async def test_a_query_shows_its_place_then_its_answer_to_its_asker_alone(door: Any) -> None:
    asked = question("a" * 32)
    door.desk.waiting.open(Call(asked.query, "person:alice"))
    door.bus.replies[Locate] = lambda _: Located(stage="waiting", position=3, wait_seconds=9.5)
    path = f"/api/queries/{asked.query}"
    waits = (await door.http.get(path, headers=AUTH)).json()
    assert waits == {"query_id": asked.query, "state": "waiting", "position": 3, "wait_seconds": 9.5}
    assert (await door.http.get(path, headers=BOB)).json()["reason"] == "query_not_found"
    await door.bus.store(answered(asked))
    await settle(door.desk, answered(asked))
    door.desk.waiting._ended.clear()
    assert (await door.http.get(path, headers=AUTH)).json()["state"] == "answered"
    again = await door.http.get(path + "/events", headers=AUTH)
    assert "event: answer" in again.text
    missing = await door.http.get("/api/queries/" + "f" * 32, headers=AUTH)
    door.bus.open = {"legal"}
    lost = await door.http.get(path, headers=AUTH)
    assert (lost.status_code, lost.content) == (404, missing.content)


async def test_a_query_can_be_called_off(door: Any) -> None:
    door.desk.waiting.open(Call("a" * 32, "person:alice"))
    assert (await door.http.delete("/api/queries/" + "a" * 32, headers=BOB)).status_code == 404
    assert not door.bus.of(QueryCancelled)
    reply = await door.http.delete("/api/queries/" + "a" * 32, headers=AUTH)
    assert (reply.status_code, reply.json()["state"]) == (202, "cancelled")
    assert door.bus.of(QueryCancelled)[0].by == "person:alice"


async def test_feedback_is_kept_once_for_ones_own_answer(door: Any) -> None:
    asked = question("a" * 32)
    body = {"query_id": asked.query, "useful": True, "comment": "很好"}
    assert (await door.http.post("/api/feedback", json=body, headers=AUTH)).status_code == 404
    await door.bus.store(answered(asked))
    assert (await door.http.post("/api/feedback", json=body, headers=BOB)).status_code == 404
    for useful in (True, False):
        reply = await door.http.post("/api/feedback", json=body | {"useful": useful}, headers=AUTH)
        assert reply.status_code == 201
    async with door.desk.database.reading() as session:
        [row] = (await session.execute(select(feedback))).all()
    assert (row.principal, row.useful, row.comment) == ("person:alice", False, "很好")


def record(seq: int) -> Record:
    return Record(
        seq=seq, at=datetime.now(UTC), stream="QUERIES", stream_seq=seq, subject="query.asked.v1", event_id="e",
        source="s", about="q", principal="p", size=1, digest="d",
    )  # fmt: skip


async def test_the_trail_is_listed_and_followed_until_the_right_ends(door: Any) -> None:
    door.bus.replies[ReadTrail] = lambda wanted: Records(records=(record(wanted.after + 1),), last=9)
    listed = (await door.http.get("/api/audit?after=4", headers=AUTH)).json()
    assert (listed["last"], listed["records"][0]["seq"]) == (9, 5)
    followed = _followed(door.desk, credential("alice-token"), 4, None)
    frames = [await anext(followed) for _ in range(3)]
    assert [orjson.loads(frame.split(b"data: ")[1])["seq"] for frame in frames] == [5, 6, 7]
    assert frames[0].startswith(b"event: record\nid: 5\n")

    def refuse(_: Admit) -> None:
        raise Refused("unauthenticated", "The token ran out.", 401)

    door.bus.replies[Admit] = refuse
    assert [frame async for frame in followed][-1].startswith(b"event: error")


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json"])
async def test_pages_load_nothing_from_outside(door: Any, path: str) -> None:
    page = await door.http.get(path)
    assert page.status_code == 200
    assert not any(word in page.text for word in ("//cdn", "unpkg", "tiangolo"))


async def test_the_documentations_files_are_served_here(door: Any) -> None:
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert len((await door.http.get(f"/docs/assets/{name}")).content) > 500
    for name in ("redoc.standalone.js", "..%2f..%2fetc%2fpasswd"):
        assert (await door.http.get(f"/docs/assets/{name}")).status_code == 404


async def test_unknown_addresses_and_methods_are_told_in_words(door: Any) -> None:
    assert (await door.http.get("/api/nothing")).json()["reason"] == "not_found"
    assert (await door.http.put("/api/chat")).json()["reason"] == "method_not_allowed"
    assert (await door.http.get("/v1/nothing")).json()["error"]["code"] == "not_found"


async def test_before_the_service_runs_callers_are_told_to_wait(door: Any) -> None:
    door.app.state.gateway = {}
    reply = await door.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
    assert (reply.status_code, reply.json()["reason"]) == (503, "starting")
    assert reply.headers["retry-after"]
