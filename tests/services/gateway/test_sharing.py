"""A conversation is shared with a colleague, who sees of it what their own rights cover."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.events import ConversationShared, FindNewest, MayRead, Newest, QueryShown, Readable, Recognise, Unknown
from tests.services.gateway.running import AUTH, gateway
from tests.services.gateway.test_chat import answers_with

BOB = {"Authorization": "Bearer bob-token"}


@pytest.fixture
async def route(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        answers_with(opened, "41 % [1].")
        opened.bus.replies |= {
            FindNewest: lambda wanted: Newest(newest={}),
            Recognise: lambda wanted: Unknown(names=tuple(name for name in wanted.names if name != "person:bob")),
        }
        await opened.http.post("/api/chat", json={"question": "The margin?", "conversation": "a"}, headers=AUTH)
        yield opened


async def share(route: Any, to: str = "bob", headers: dict[str, str] = AUTH, conversation: str = "a") -> Any:
    return await route.http.post(f"/api/conversations/{conversation}/shares", json={"to": to}, headers=headers)


async def read(route: Any, headers: dict[str, str] = BOB) -> Any:
    return await route.http.get("/api/shared/person:alice/a", headers=headers)


async def test_a_colleague_reads_it_from_then_on_and_later_turns_too(route: Any) -> None:
    assert (await read(route)).status_code == 404
    assert (await share(route)).status_code == 201
    await route.http.post("/api/chat", json={"question": "And before?", "conversation": "a"}, headers=AUTH)
    (listed,) = (await route.http.get("/api/shared", headers=BOB)).json()["conversations"]
    assert (listed["owner"], listed["conversation"], listed["title"]) == ("person:alice", "a", "The margin?")
    turns = (await read(route)).json()["turns"]
    assert [(turn["question"], turn["withheld"]) for turn in turns] == [("The margin?", False), ("And before?", False)]
    shown = route.bus.of(QueryShown)[-1]
    assert (shown.principal.id, len(shown.queries), shown.documents) == ("person:bob", 2, ("d1:1",))


async def test_what_the_colleague_may_not_read_is_withheld_from_them_alone(route: Any) -> None:
    await share(route)
    route.bus.replies[MayRead] = lambda wanted: Readable(document_ids=())
    (turn,) = (await read(route)).json()["turns"]
    assert (turn["withheld"], turn["answer"], turn["citations"]) == (True, None, [])


async def test_a_share_that_is_taken_back_ends_at_once_and_both_are_recorded(route: Any) -> None:
    await share(route)
    gone = await route.http.delete("/api/conversations/a/shares/person:bob", headers=AUTH)
    assert gone.json() == {"conversation": "a", "to": "person:bob"}
    assert (await read(route)).status_code == 404
    assert (await route.http.get("/api/shared", headers=BOB)).json() == {"conversations": []}
    told = [(one.about, one.by, one.to, one.act) for one in route.bus.of(ConversationShared)]
    assert told == [("a", "person:alice", "person:bob", act) for act in ("share", "revoke")]
    again = await route.http.delete("/api/conversations/a/shares/person:bob", headers=AUTH)
    assert again.status_code == 404


async def test_only_the_owner_shares_and_only_with_somebody_who_is_there(route: Any) -> None:
    assert (await share(route, headers=BOB)).json()["reason"] == "conversation_not_found"
    nobody = await share(route, "zoe")
    assert (nobody.status_code, nobody.json()["reason"]) == (404, "person_not_found")
    assert "'zoe'" in nobody.json()["error"]
    assert (await share(route, "alice")).status_code == 422
    assert (await share(route, "group:finance")).status_code == 422
    await share(route)
    await share(route)
    listed = (await route.http.get("/api/conversations/a/shares", headers=AUTH)).json()["shares"]
    assert [one["to"] for one in listed] == ["person:bob"]
    assert (await route.http.get("/api/conversations/a/shares", headers=BOB)).status_code == 404


async def test_a_conversation_that_is_deleted_is_gone_for_its_readers_and_a_reader_may_leave(route: Any) -> None:
    await share(route)
    assert (await route.http.delete("/api/shared/person:alice/a", headers=BOB)).status_code == 200
    assert (await read(route)).status_code == 404
    await share(route)
    await route.http.delete("/api/conversations/a", headers=AUTH)
    assert (await read(route)).status_code == 404
    await route.http.post("/api/chat", json={"question": "Another?", "conversation": "a"}, headers=AUTH)
    assert (await read(route)).status_code == 404, "a new conversation of the same name is not shared"
