"""The list of conversations: found again, renamed, pinned, deleted, and closed with the documents that they cite."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.events import FindNewest, Newest
from tests.services.gateway.running import AUTH, gateway
from tests.services.gateway.test_chat import answers_with

BOB = {"Authorization": "Bearer bob-token"}


@pytest.fixture
async def route(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        answers_with(opened, "41 % [1].")
        opened.bus.replies[FindNewest] = lambda wanted: Newest(newest={"d1": 3})
        yield opened


async def ask(route: Any, question: str, conversation: str) -> None:
    body = {"question": question, "conversation": conversation}
    assert (await route.http.post("/api/chat", json=body, headers=AUTH)).status_code == 200


async def listed(route: Any, query: str = "", headers: dict[str, str] = AUTH) -> list[str]:
    found = (await route.http.get(f"/api/conversations{query}", headers=headers)).json()
    return [row["title"] for row in found["conversations"]]


async def test_conversations_are_listed_newest_first_under_their_first_question(route: Any) -> None:
    await ask(route, "What was the\n margin?", "a")
    await ask(route, "毛利率是多少？", "b")
    await ask(route, "and before?", "a")
    assert await listed(route) == ["What was the margin?", "毛利率是多少？"]
    assert await listed(route, "?limit=1&offset=1") == ["毛利率是多少？"]
    assert await listed(route, headers=BOB) == []


async def test_a_conversation_is_found_by_the_words_of_any_of_its_questions(route: Any) -> None:
    await ask(route, "What was the margin?", "a")
    await ask(route, "And the 100% figure before?", "a")
    await ask(route, "毛利率是多少？", "b")
    assert await listed(route, "?q=BEFORE margin") == ["What was the margin?"]
    assert await listed(route, "?q=利率") == ["毛利率是多少？"]
    assert await listed(route, "?q=100%25") == ["What was the margin?"]
    assert await listed(route, "?q=_") == [], "a pattern's characters are only characters"


async def test_a_conversation_is_read_again_with_its_citations(route: Any) -> None:
    await ask(route, "What was the margin?", "a")
    found = (await route.http.get("/api/conversations/a", headers=AUTH)).json()
    turn = found["turns"][0]
    assert (turn["answer"], turn["finish"], turn["withheld"], turn["useful"]) == ("41 % [1].", "stop", False, None)
    cited = turn["citations"][0]
    assert (cited["title"], cited["page"], cited["superseded"], cited["newest"]) == ("q4.pdf", 3, True, 3)
    await route.http.post("/api/feedback", json={"query_id": turn["query_id"], "useful": False}, headers=AUTH)
    again = (await route.http.get("/api/conversations/a", headers=AUTH)).json()
    assert again["turns"][0]["useful"] is False


async def test_an_answer_that_cites_a_closed_document_is_withheld(route: Any) -> None:
    await ask(route, "What was the margin?", "a")
    route.bus.closed = {"d1"}
    turn = (await route.http.get("/api/conversations/a", headers=AUTH)).json()["turns"][0]
    assert (turn["question"], turn["withheld"]) == ("What was the margin?", True)
    assert (turn["answer"], turn["citations"]) == (None, [])


async def test_a_conversation_is_renamed_pinned_and_deleted_by_its_owner_alone(route: Any) -> None:
    await ask(route, "one", "a")
    await ask(route, "two", "b")
    changed = await route.http.patch("/api/conversations/a", json={"title": "First", "pinned": True}, headers=AUTH)
    assert (changed.status_code, changed.json()["pinned"]) == (200, True)
    assert await listed(route) == ["First", "two"]
    for method in ("get", "delete"):
        assert (await getattr(route.http, method)("/api/conversations/a", headers=BOB)).status_code == 404
    assert (await route.http.patch("/api/conversations/a", json={"title": "x"}, headers=BOB)).status_code == 404
    assert (await route.http.delete("/api/conversations/a", headers=AUTH)).status_code == 200
    assert await listed(route) == ["two"]
    assert (await route.http.get("/api/conversations/a", headers=AUTH)).json()["reason"] == "conversation_not_found"


async def test_a_question_without_an_answer_stays_in_its_conversation_and_is_not_told_to_the_model(route: Any) -> None:
    answers_with(route, answer=None, citations=(), error="No model is loaded.", reason="no_model", status=503)
    body = {"question": "one", "conversation": "a"}
    assert (await route.http.post("/api/chat", json=body, headers=AUTH)).status_code == 503
    turn = (await route.http.get("/api/conversations/a", headers=AUTH)).json()["turns"][0]
    assert (turn["question"], turn["finish"], turn["error"]) == ("one", "failed", "No model is loaded.")
