"""Uploads and documents over HTTP."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.gateway.documents.uploads import attachment, safe
from shared.errors import Refused
from shared.events import (
    DeleteDocument,
    Describe,
    DocumentState,
    DocumentStates,
    HoldState,
    LegalHolds,
    ReadHolds,
    Receive,
)
from tests.services.gateway.running import AUTH, gateway

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


async def test_a_hold_keeps_the_documents_of_its_workspace_and_asks_nothing_of_who_deletes_elsewhere(
    door: Any,
) -> None:
    door.bus.replies[DeleteDocument] = lambda wanted: STATE
    places = []
    for place in ("elsewhere", "finance"):
        hold = HoldState(about=f"workspace:{place}", by="person:eve", reason="case 17", since=datetime.now(UTC))
        door.bus.replies[ReadHolds] = lambda _, hold=hold: LegalHolds(holds=(hold,))
        reply = await door.http.delete("/api/documents/d1", headers=AUTH)
        places.append((place, reply.status_code, sum(isinstance(one, Describe) for one in door.bus.asked)))
    # Who may write alone may not read what the document is.
    assert places == [("elsewhere", 200, 0), ("finance", 409, 1)]
