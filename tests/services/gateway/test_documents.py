"""Uploads and documents over HTTP."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from services.gateway.documents.uploads import attachment, safe
from shared.errors import Refused
from shared.events import (
    DeleteDocument,
    Describe,
    DocumentStates,
    HoldState,
    LegalHolds,
    ReadHolds,
    Receive,
)
from tests.services.gateway.running import AUTH, STATE


async def upload(app: Any, name: str = "a.txt", data: bytes = b"hello", **fields: str) -> Any:
    form = {"workspace": "finance"} | fields
    return await app.http.post("/api/documents", data=form, files={"file": (name, data)}, headers=AUTH)


async def test_an_upload_is_kept_and_received(app: Any) -> None:
    reply = await upload(app, "../../报告 q4.pdf", effective="2026-07-01")
    assert (reply.status_code, reply.json()["document_id"], reply.json()["title"]) == (202, "d1", "报告 q4.pdf")
    assert "object" not in reply.json()
    received = app.bus.asked[-1]
    assert app.bus.objects == {received.object: b"hello"}
    assert (received.sha256, received.size) == (hashlib.sha256(b"hello").hexdigest(), 5)
    assert received.effective == datetime(2026, 7, 1, tzinfo=UTC)
    assert app.bus.asked[0].action == "write"


async def test_bad_uploads_are_refused_in_words(app: Any) -> None:
    for reply, status, word in (
        (await upload(app, data=b""), 422, "0 bytes"),
        (await upload(app, workspace="nothere"), 404, "workspace"),
        (await upload(app, workspace="legal"), 404, "workspace"),
        (await upload(app, colour="red"), 422, "colour"),
        (await upload(app, effective="soon"), 422, "soon"),
        (await upload(app, data=b"x" * 1_200_000), 413, "too big"),
        (await app.http.post("/api/documents", json={"file": "x"}, headers=AUTH), 422, "multipart"),
        (
            await app.http.post("/api/documents", data={"workspace": "finance"}, files={"x": b"y"}, headers=AUTH),
            422,
            "x",
        ),
    ):
        assert reply.status_code == status
        assert word in reply.json()["error"]
    assert not app.bus.objects
    assert (await app.http.post("/api/documents", files={"file": b"x"})).status_code == 401


async def test_the_bytes_of_a_refused_upload_do_not_stay(app: Any) -> None:
    def refuse(_: Receive) -> None:
        raise Refused("too_many", "The workspace is full. Delete documents first.", 409)

    app.bus.replies[Receive] = refuse
    assert (await upload(app)).status_code == 409
    assert not app.bus.objects


async def test_documents_are_listed_and_their_bytes_are_only_saved(app: Any) -> None:
    listed = (await app.http.get("/api/documents?workspace=finance&limit=5", headers=AUTH)).json()
    assert (listed["total"], listed["documents"][0]["title"]) == (1, "报告.pdf")
    app.bus.objects["o1"] = b"<script>"
    content = await app.http.get("/api/documents/d1/content", headers=AUTH)
    assert content.content == b"<script>"
    assert content.headers["content-disposition"].startswith('attachment; filename="__.pdf"; filename*=UTF-8')
    assert (content.headers["x-content-type-options"], content.headers["content-type"]) == (
        "nosniff",
        "application/octet-stream",
    )
    app.bus.replies[Describe] = lambda _: DocumentStates(documents=(), total=0)
    for path in ("/api/documents/d2", "/api/documents/d2/content"):
        assert (await app.http.get(path, headers=AUTH)).json()["reason"] == "document_not_found"


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
    app: Any,
) -> None:
    app.bus.replies[DeleteDocument] = lambda wanted: STATE
    places = []
    for place in ("elsewhere", "finance"):
        hold = HoldState(about=f"workspace:{place}", by="person:eve", reason="case 17", since=datetime.now(UTC))
        app.bus.replies[ReadHolds] = lambda _, hold=hold: LegalHolds(holds=(hold,))
        reply = await app.http.delete("/api/documents/d1", headers=AUTH)
        places.append((place, reply.status_code, sum(isinstance(one, Describe) for one in app.bus.asked)))
    # Who may write alone may not read what the document is.
    assert places == [("elsewhere", 200, 0), ("finance", 409, 1)]
