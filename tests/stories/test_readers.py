"""A document's own readers: whom its lists keep out finds nothing of it anywhere, within a second, and can ask why."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from client import Http
from client import Refused as ClientRefused
from tests.support.company import Company, raw
from tests.support.department import chat

SECRET = "The merger with Kestrel closes on the third of October."
QUESTION = "When does the merger with Kestrel close?"


@dataclass
class Board:
    """A workspace of three people and a system, with one paper that not all of them are to read."""

    name: str
    paper: str
    ann: Http
    ben: Http
    app: dict[str, Any]

    def id(self, person: Http) -> str:
        return str(person.me()["id"])


@pytest.fixture
def board(cloister: Company) -> Board:
    name = cloister.workspace("board")
    paper = cloister.paper(name, "merger.md", SECRET)["document_id"]
    cloister.paper(name, "canteen.md", "The canteen opens at noon.")
    people = cloister.person("ann", name), cloister.person("ben", name)
    return Board(name, paper, *people, cloister.app("erp", name, bus=True))


def finds(person: Http, board: Board) -> bool:
    return any("Kestrel" in found.text for found in person.search(QUESTION, board.name))


def reads(person: Http, document: str) -> list[httpx.Response]:
    """Every way to one document."""
    path = f"/api/documents/{document}"
    calls = [("GET", path), ("GET", f"{path}/content"), ("GET", f"{path}/why"), ("DELETE", path)]
    return [*(raw(person, *call) for call in calls), raw(person, "PATCH", path, json={"deny": []})]


def test_who_is_denied_finds_nothing_within_a_second_and_all_of_it_again_when_let_in(
    cloister: Company, board: Board
) -> None:
    asked = chat(board.ben, QUESTION, workspace=board.name)
    assert "third of October" in asked["answer"]
    cloister.admin.relist(board.paper, deny=[board.id(board.ben)])
    began = time.monotonic()
    cloister.until(lambda: not finds(board.ben, board), 5)
    assert time.monotonic() - began < 1
    assert finds(board.ann, board)
    refused = chat(board.ben, QUESTION, workspace=board.name)
    assert "October" not in refused["answer"]
    assert board.paper not in {one["document_id"] for one in refused["citations"]}
    for mine, missing in zip(reads(board.ben, board.paper), reads(board.ben, "0" * 32), strict=True):
        assert (mine.status_code, mine.content) == (missing.status_code, missing.content)
        assert mine.status_code == 404
    assert [state.title for state in board.ben.documents(board.name)] == ["canteen.md"]
    old = raw(board.ben, "GET", f"/api/queries/{asked['query_id']}")
    assert (old.status_code, "October" in old.text) == (404, False)
    cloister.admin.relist(board.paper, deny=[])
    cloister.until(lambda: finds(board.ben, board), 1)
    assert raw(board.ben, "GET", f"/api/queries/{asked['query_id']}").json()["answer"] == asked["answer"]


def test_a_document_may_come_with_its_readers(cloister: Company, board: Board) -> None:
    ann = board.id(board.ann)
    sent = cloister.upload(
        board.name, "salaries.md", "Kestrel pays salaries on the last Friday.", allow=f"{ann}, group:hr"
    )
    assert sent.status_code == 202
    assert ["group:hr" in one for one in sent.json()["warnings"]] == [True]
    cloister.settled(sent.json()["document_id"])
    seen = {name: [found.title for found in person.search("When are salaries paid?")] for name, person in
            (("ann", board.ann), ("ben", board.ben))}  # fmt: skip
    assert ("salaries.md" in seen["ann"], "salaries.md" in seen["ben"]) == (True, False)
    taken = raw(board.ben, "POST", "/api/documents", data={"workspace": board.name}, files={"file": ("x", b"y")})
    assert taken.status_code == 403, "reading gives no right to write"


def test_a_manager_changes_the_lists_of_what_keeps_them_out(cloister: Company, board: Board) -> None:
    changed = cloister.admin.relist(board.paper, deny=["person:admin", "role:admin"])
    assert changed["deny"] == ["person:admin", "role:admin"]
    cloister.until(lambda: not finds(cloister.admin, board), 1)
    assert cloister.admin.document(board.paper).deny == ("person:admin", "role:admin")
    content = raw(cloister.admin, "GET", f"/api/documents/{board.paper}/content")
    assert (content.status_code, content.json()["reason"]) == (403, "not_a_reader")
    with pytest.raises(ClientRefused, match="manage"):
        board.ann.relist(board.paper, deny=[])
    cloister.admin.relist(board.paper, deny=[])
    assert raw(cloister.admin, "GET", f"/api/documents/{board.paper}/content").text == SECRET


def test_why_says_what_searching_shows(cloister: Company, board: Board) -> None:
    ben = board.id(board.ben)
    cloister.admin.relist(board.paper, allow=[board.id(board.ann), ben])
    assert board.ben.why(board.paper)["finds"] is True
    cloister.admin.relist(board.paper, deny=[ben])
    found = cloister.admin.why(board.paper, ben, "zh")
    assert (found["finds"], found["opens"]) == (False, False)
    assert f"禁止名单中有 {ben}" in found["verdict"]
    assert cloister.admin.why(board.paper, board.id(board.ann))["verdict"].startswith(f"{board.id(board.ann)} finds")
    stranger = cloister.person("cy")
    assert "No grant" in cloister.admin.why(board.paper, board.id(stranger))["verdict"]
    assert "There is no person:nobody" in cloister.admin.why(board.paper, "nobody")["verdict"]
    with pytest.raises(ClientRefused, match="auditors"):
        board.ann.why(board.paper, ben)


def test_a_business_system_reads_its_old_answer_only_while_the_document_is_open_to_it(
    cloister: Company, board: Board
) -> None:
    async def ask() -> str | None:
        async with cloister.line(board.app) as line:
            return (await line.ask(QUESTION, workspace=board.name, key="merger", timeout=30)).answer

    async def story() -> None:
        first = await ask()
        assert "October" in (first or "")
        cloister.admin.relist(board.paper, deny=[f"app:{board.app['name']}"])
        with pytest.raises(ClientRefused) as refused:
            await ask()
        assert refused.value.reason == "query_not_found"
        cloister.admin.relist(board.paper, deny=[])
        assert await ask() == first

    asyncio.run(story())


async def test_a_system_that_speaks_for_a_person_needs_both_to_be_let_in(cloister: Company, board: Board) -> None:
    app, ben = f"app:{board.app['name']}", board.id(board.ben)
    async with cloister.line(board.app) as line:
        for deny, told in (([], True), ([app], False), ([ben], False), (["person:somebody"], True)):
            cloister.admin.relist(board.paper, deny=deny)
            cloister.until(lambda deny=deny: finds(board.ben, board) is (ben not in deny), 1)
            answer = await line.ask(QUESTION, workspace=board.name, on_behalf_of=board.ben.token, timeout=30)
            assert ("October" in (answer.answer or "")) is told, deny


def test_every_change_is_on_record_with_who_made_it(cloister: Company, board: Board) -> None:
    names = [f"person:{'x' * 55}{n}" for n in range(100)]
    cloister.admin.relist(board.paper, deny=names)
    cloister.admin.relist(board.paper, deny=[])
    rows = cloister.until(lambda: changes if len(changes := changed(cloister, board.paper)) == 2 else None, 10)
    assert {(row.principal, row.about) for row in rows} == {("person:admin", board.paper)}
    assert len({row.digest for row in rows}) == 2


def changed(cloister: Company, about: str) -> list[Any]:
    return [row for row in cloister.admin.audit_records(about=about) if row.subject == "document.access_changed.v1"]
