"""Bad input over HTTP: a clear error with the right status, nothing lost, nothing crashed."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from client import Http
from tests.attacks.files.makers import locked_pdf
from tests.support.company import Company, raw

LONG = "字" * 11_000  # 33,000 bytes
QUESTIONS: dict[str, tuple[Any, int, str]] = {
    "nothing is asked": ({"question": " \u200b\n"}, 422, "empty_question"),
    "more than 32 KiB": ({"question": LONG}, 413, "question_too_long"),
    "a number": ({"question": 7}, 422, "invalid"),
    "no question": ({}, 422, "invalid"),
    "an unknown field": ({"question": "hi", "wokspace": "finance"}, 422, "invalid"),
    "an unknown lane": ({"question": "hi", "lane": "express"}, 422, "invalid"),
    "an unknown workspace": ({"question": "hi", "workspace": "nowhere"}, 404, "workspace_not_found"),
    "a name without a token": ({"question": "hi", "user_id": "erp"}, 422, "invalid"),
    "a list": (["hi"], 422, "invalid"),
}


@pytest.fixture(scope="module")
def desk(cloister: Company) -> str:
    """A workspace that can be asked."""
    name = cloister.workspace("desk")
    cloister.paper(name, "hours.md", "The help desk is open from nine to five on working days.")
    return name


@pytest.mark.parametrize("case", QUESTIONS)
def test_a_bad_question_is_refused_in_words(case: str, cloister: Company) -> None:
    body, status, reason = QUESTIONS[case]
    refused(raw(cloister.admin, "POST", "/api/chat", json=body), status, reason)


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b'{"question": "hi"', "invalid_json"), (b'{"question": "\xff\xfe"}', "invalid_json"), (b"", "invalid")],
)
def test_what_is_no_json_is_refused(body: bytes, reason: str, cloister: Company) -> None:
    reply = raw(cloister.admin, "POST", "/api/chat", content=body, headers={"Content-Type": "application/json"})
    refused(reply, 400 if reason == "invalid_json" else 422, reason)


def test_a_wrong_token_is_refused(cloister: Company) -> None:
    for token in ("nonsense", cloister.system.token[:-3] + "abc", ""):
        caller = Http(cloister.system.base, token)
        refused(caller.client.post("/api/chat", json={"question": "hi"}, headers=bearer(token)), 401, "unauthenticated")


def test_an_expired_key_is_refused(cloister: Company, desk: str) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1)
    key = cloister.admin.make("key", name="brief", workspaces=[desk], expires=soon.isoformat())["key"]
    program = Http(cloister.system.base, key)
    cloister.until(lambda: raw(program, "GET", "/api/me").status_code == 401, 5)
    refused(raw(program, "POST", "/api/chat", json={"question": "hi"}), 401, "unauthenticated")


def test_a_key_that_was_taken_away_is_refused(cloister: Company, desk: str) -> None:
    app = cloister.app("gone", desk)
    program = Http(cloister.system.base, app["key"])
    assert raw(program, "GET", "/api/me").status_code == 200
    cloister.admin.remove("key", app["name"])
    refused(raw(program, "POST", "/api/chat", json={"question": "hi"}), 401, "unauthenticated")


def test_a_key_in_another_name_is_refused(cloister: Company, desk: str) -> None:
    body = {"user_id": "admin", "question": "hi", "api_token": cloister.app("liar", desk)["key"]}
    refused(Http(cloister.system.base).client.post("/api/chat", json=body), 403, "not_yours")


def test_the_answer_of_no_question_is_not_found(cloister: Company) -> None:
    refused(raw(cloister.admin, "GET", f"/api/queries/{'0' * 32}"), 404, "query_not_found")


def bomb() -> bytes:
    """An archive of 200 MB in 200 KB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w>" + b" " * 200_000_000)
    return packed.getvalue()


FILES = {
    "encrypted.pdf": locked_pdf,
    "damaged.pdf": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 16,
    "bomb.docx": bomb,
    "picture.pdf": lambda: b"\x89PNG\r\n\x1a\n" + bytes(4000),
    "program.exe": lambda: b"MZ" + bytes(range(256)) * 16,
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_rejected_in_words(name: str, cloister: Company, desk: str) -> None:
    state = cloister.paper(desk, name, FILES[name]())
    assert state["status"] == "rejected"
    assert len(state["reason"].split()) > 4, state["reason"]


def test_a_file_without_bytes_is_refused_at_once(cloister: Company, desk: str) -> None:
    refused(cloister.upload(desk, "empty.pdf", b""), 422, "empty_document")


def test_an_upload_to_an_unknown_workspace_is_refused(cloister: Company) -> None:
    refused(cloister.upload("nowhere", "x.txt", b"x"), 404, "workspace_not_found")


def refused(reply: Any, status: int, reason: str) -> None:
    told = reply.json()
    assert (reply.status_code, told["reason"], set(told) - {"values"}) == (status, reason, {"error", "reason"}), told
    assert len(told["error"].split()) > 3


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
