"""Documents, people, queries, feedback, the trail and the pages."""

import asyncio
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from services.gateway.mcp.inputs import PageInput
from services.gateway.queries.answers import settle
from services.gateway.queries.pending_queries import PendingQuery
from services.gateway.tables import feedback
from shared.errors import Unavailable
from shared.events import (
    Create,
    FindPlaces,
    Found,
    Item,
    Items,
    List,
    Locate,
    Located,
    Passage,
    Places,
    QueryCancelled,
    Remove,
    Search,
    SignedIn,
    SignIn,
)
from tests.services.gateway.running import AUTH, BOB, answered, question


async def test_people_are_passed_to_auth(app: Any) -> None:
    app.bus.replies |= {
        SignIn: lambda wanted: SignedIn(access_token="t-" + wanted.username, expires_in=60),
        Create: lambda wanted: Item(fields=wanted.fields),
        List: lambda wanted: Items(items=(Item(fields={"id": wanted.kind}),)),
        Remove: lambda wanted: Item(fields={"name": wanted.name}),
    }
    signed = await app.http.post("/api/login", json={"username": "alice", "password": "p"})
    assert signed.json() == {"access_token": "t-alice", "token_type": "bearer", "expires_in": 60}
    for kind in ("user", "workspace", "grant", "key"):
        assert (await app.http.post(f"/api/{kind}s", json={"a": kind}, headers=AUTH)).status_code == 201
        assert app.bus.asked[-1].kind == kind
        assert (await app.http.get(f"/api/{kind}s", headers=AUTH)).json() == {f"{kind}s": [{"id": kind}]}
        assert (await app.http.delete(f"/api/{kind}s/x", headers=AUTH)).json() == {"name": "x"}
    assert (await app.http.get("/api/me", headers=AUTH)).json() == {"id": "me"}


async def test_search_gives_passages_without_a_model(app: Any) -> None:
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
    app.bus.replies[Search] = lambda wanted: Found(passages=(passage,) * wanted.limit)
    reply = await app.http.post("/api/search", json={"question": "margin", "limit": 2}, headers=AUTH)
    first, _ = reply.json()["passages"]
    assert set(first) == {"document_id", "revision", "title", "page", "heading", "text", "score", "legs"}
    assert first["heading"] == "A › B"


async def test_a_search_ends_soon_where_the_service_is_stopped_and_goes_on_where_it_is_busy(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.http.search.SILENT", 0.05)
    asked = asyncio.Event()

    async def never(_: Search) -> Found:
        await asyncio.Event().wait()
        raise AssertionError

    async def later(_: Search) -> Found:
        await asked.wait()
        return Found(passages=())

    def away(_: FindPlaces) -> Places:
        raise Unavailable("retrieval does not answer now. Try again in a few seconds.")

    def there(_: FindPlaces) -> Places:
        asked.set()
        return Places(places=())

    app.bus.replies |= {Search: never, FindPlaces: away}
    stopped = await app.http.post("/api/search", json={"question": "margin"}, headers=AUTH)
    assert (stopped.status_code, "Retry-After" in stopped.headers) == (503, True)
    app.bus.replies |= {Search: later, FindPlaces: there}
    busy = await app.http.post("/api/search", json={"question": "margin"}, headers=AUTH)
    assert (busy.status_code, busy.json()) == (200, {"passages": [], "absent": []})


async def test_a_search_that_its_service_lost_when_it_was_killed_is_sent_once_more(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.http.search.SILENT", 0.05)
    asked: list[str] = []

    async def lost(wanted: Search) -> Found:
        asked.append(wanted.query)
        if len(asked) == 1:
            await asyncio.Event().wait()
        return Found(passages=())

    app.bus.replies |= {Search: lost, FindPlaces: lambda _: Places(places=())}
    reply = await app.http.post("/api/search", json={"question": "margin"}, headers=AUTH)
    assert (reply.status_code, len(asked), len(set(asked))) == (200, 2, 1)


async def test_a_query_shows_its_place_then_its_answer_to_its_asker_alone(app: Any) -> None:
    asked = question("a" * 32)
    app.context.waiting.open(PendingQuery(asked.query, "person:alice"))
    app.bus.replies[Locate] = lambda _: Located(stage="waiting", position=3, wait_seconds=9.5)
    path = f"/api/queries/{asked.query}"
    waits = (await app.http.get(path, headers=AUTH)).json()
    assert waits == {"query_id": asked.query, "state": "waiting", "position": 3, "wait_seconds": 9.5, "sources": []}
    assert (await app.http.get(path, headers=BOB)).json()["reason"] == "query_not_found"
    await app.bus.store(answered(asked))
    await settle(app.context, answered(asked))
    app.context.waiting._ended.clear()
    assert (await app.http.get(path, headers=AUTH)).json()["state"] == "answered"
    again = await app.http.get(path + "/events", headers=AUTH)
    assert "event: answer" in again.text
    missing = await app.http.get("/api/queries/" + "f" * 32, headers=AUTH)
    app.bus.open = {"legal"}
    lost = await app.http.get(path, headers=AUTH)
    assert (lost.status_code, lost.content) == (404, missing.content)


async def test_a_query_can_be_called_off(app: Any) -> None:
    app.context.waiting.open(PendingQuery("a" * 32, "person:alice"))
    assert (await app.http.delete("/api/queries/" + "a" * 32, headers=BOB)).status_code == 404
    assert not app.bus.of(QueryCancelled)
    reply = await app.http.delete("/api/queries/" + "a" * 32, headers=AUTH)
    assert (reply.status_code, reply.json()["state"]) == (202, "cancelled")
    assert app.bus.of(QueryCancelled)[0].by == "person:alice"


async def test_feedback_is_kept_once_for_ones_own_answer(app: Any) -> None:
    asked = question("a" * 32)
    body = {"query_id": asked.query, "useful": True, "comment": "很好"}
    assert (await app.http.post("/api/feedback", json=body, headers=AUTH)).status_code == 404
    await app.bus.store(answered(asked))
    assert (await app.http.post("/api/feedback", json=body, headers=BOB)).status_code == 404
    for useful in (True, False):
        reply = await app.http.post("/api/feedback", json=body | {"useful": useful}, headers=AUTH)
        assert reply.status_code == 201
    async with app.context.database.reading() as connection:
        [row] = (await connection.execute(select(feedback))).all()
    assert (row.principal, row.useful, row.comment) == ("person:alice", False, "很好")


async def test_a_number_that_no_table_holds_is_refused_before_it_is_looked_for(app: Any) -> None:
    reply = await app.http.post(f"/api/alerts/{2**63}/acknowledge", json={}, headers=AUTH)
    assert (reply.status_code, reply.json()["error"][:15]) == (422, "The field 'path")
    with pytest.raises(ValidationError, match="less than or equal"):
        PageInput(document_id="d1", revision=2**63)
