"""Files of one conversation: read once, found by its owner's questions in it, gone with it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.gateway.attachments.selection import WHOLE, chosen
from shared.errors import Refused
from shared.events import FileText, FindNewest, Newest, QueryAsked, ReadFile
from shared.page_text import pack
from tests.services.gateway.running import AUTH, gateway
from tests.services.gateway.test_chat import answers_with

BOB = {"Authorization": "Bearer bob-token"}
PAGES = [(1, "The kiln burns at 900 degrees."), (3, "烧成周期为十二小时。")]


@pytest.fixture
async def route(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        answers_with(opened, "At 900 degrees [1].")

        def read(wanted: ReadFile) -> FileText:
            data = opened.bus.objects[wanted.object]
            if data == b"broken":
                raise Refused("damaged", "It is damaged. Save it anew.", 422)
            opened.bus.objects["text"] = pack(PAGES)
            characters = 3_000_000 if data == b"endless" else 43
            return FileText(object="text", pages=3, characters=characters, media_type="text/plain")

        opened.bus.replies |= {ReadFile: read, FindNewest: lambda wanted: Newest(newest={})}
        yield opened


async def attach(route: Any, name: str = "kiln.pdf", data: bytes = b"bytes", headers: Any = AUTH, to: str = "a") -> Any:
    sent = {"file": (name, data)}
    return await route.http.post(f"/api/conversations/{to}/files", files=sent, headers=headers)


async def fragments(route: Any, conversation: str = "a", headers: Any = AUTH) -> list[tuple[str, int, bool]]:
    body = {"question": "How hot is the kiln?", "conversation": conversation}
    assert (await route.http.post("/api/chat", json=body, headers=headers)).status_code == 200
    return [(one.name, one.page, one.file) for one in route.bus.of(QueryAsked)[-1].fragments]


async def test_a_question_gets_the_files_of_its_conversation_the_likeliest_part_first(route: Any) -> None:
    made = await attach(route)
    assert (made.status_code, made.json()) == (201, {"name": "kiln.pdf", "size": 5, "pages": 3, "characters": 43})
    assert route.bus.objects == {}, "neither its bytes nor its text stay in the store"
    assert await fragments(route) == [("kiln.pdf", 1, True), ("kiln.pdf", 3, True)]


async def test_no_other_conversation_and_no_other_person_finds_it(route: Any) -> None:
    await attach(route)
    assert await fragments(route, "b") == []
    assert await fragments(route, "a", BOB) == []
    listed = "/api/conversations/a/files"
    assert [one["name"] for one in (await route.http.get(listed, headers=AUTH)).json()["files"]] == ["kiln.pdf"]
    assert (await route.http.get(listed, headers=BOB)).json() == {"files": []}
    assert (await route.http.get(f"{listed}/kiln.pdf/pages/1", headers=BOB)).status_code == 404
    assert (await route.http.delete(f"{listed}/kiln.pdf", headers=BOB)).status_code == 404


async def test_a_page_opens_with_its_quote_and_another_page_is_told_in_words(route: Any) -> None:
    await attach(route)
    place = "/api/conversations/a/files/kiln.pdf/pages"
    found = (await route.http.get(f"{place}/1?quote=900 degrees", headers=AUTH)).json()
    assert found["text"][found["start"] : found["end"]] == "900 degrees"
    missing = await route.http.get(f"{place}/2", headers=AUTH)
    assert (missing.status_code, missing.json()["reason"]) == (404, "page_not_found")


async def test_it_is_gone_when_it_is_removed_or_its_conversation_is(route: Any) -> None:
    await attach(route)
    await attach(route, "other.txt")
    await route.http.delete("/api/conversations/a/files/other.txt", headers=AUTH)
    assert len(await fragments(route)) == 2
    await route.http.delete("/api/conversations/a", headers=AUTH)
    assert await fragments(route) == []


async def test_what_cannot_be_read_is_told_as_for_documents_and_leaves_nothing(route: Any) -> None:
    broken = await attach(route, data=b"broken")
    assert (broken.status_code, broken.json()["reason"]) == (422, "damaged")
    endless = await attach(route, data=b"endless")
    assert (endless.status_code, endless.json()["reason"]) == (413, "file_too_long")
    assert (await attach(route, data=b"")).json()["reason"] == "empty_document"
    assert (route.bus.objects, await fragments(route)) == ({}, [])


async def test_a_conversation_holds_ten_files_and_one_of_the_same_name_replaces_it(route: Any) -> None:
    for n in range(10):
        assert (await attach(route, f"{n}.txt")).status_code == 201
    assert (await attach(route, "11.txt")).json()["reason"] == "too_many_files"
    assert (await attach(route, "9.txt")).status_code == 201


def test_of_a_long_file_only_what_the_question_is_about_is_chosen() -> None:
    filler = "Nothing of note happened on that day. " * 30
    pages = [("log.txt", n, filler) for n in range(1, 60)] + [("log.txt", 60, "The pump was replaced in March.")]
    found = chosen(pages, "When was the pump replaced?")
    assert found[0].page == 60
    assert sum(len(part.text) for part in chosen(pages, "Sum it up!")) <= WHOLE
    assert chosen(pages, "Zusammenfassung")[0].page == 1, "the beginning, where no word is found"
    assert (
        chosen([("a", 1, "甲方应在三十日内付款。" * 900), ("a", 2, "违约金为百分之五。")], "违约金是多少？")[0].page
        == 2
    )
