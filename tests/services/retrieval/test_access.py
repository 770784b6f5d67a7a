"""Readers in the index: both engines, one behaviour."""

from collections.abc import Sequence

import pytest

from services.retrieval.index.protocol import Index, Scope
from services.retrieval.indexing.sql import point_id
from services.retrieval.text import bm25
from tests.services.retrieval.test_index import index, point
from tests.services.support.word_embedder import SIZE

__all__ = ["index"]
ALICE, BOB, NOBODY = ("person:alice", "group:finance"), ("person:bob", "group:sales"), ()


async def seen(index: Index, *parties: Sequence[str]) -> list[str]:
    """The documents that both legs show."""
    legs = await index.search([1.0] * SIZE, bm25.question("rule"), Scope(["finance"], parties), 9)
    assert {hit.id for hit in legs.dense} == {hit.id for hit in legs.lexical}
    return sorted(name for name in "abc" if point_id(name, 1, 0) in {hit.id for hit in legs.dense})


async def fill(index: Index) -> None:
    lists = {"a": {}, "b": {"allow": ["group:finance"]}, "c": {"deny": ["person:bob"]}}
    await index.upsert([point("rule", name)._replace(**given) for name, given in lists.items()])


async def test_each_leg_shows_what_the_lists_let_through(index: Index) -> None:
    await fill(index)
    assert await seen(index, ALICE) == ["a", "b", "c"]
    assert await seen(index, BOB) == ["a"]
    assert await seen(index, ALICE, ("app:crm",)) == ["a", "c"]
    assert await seen(index, ALICE, BOB) == ["a"]
    assert await seen(index, NOBODY) == ["a", "c"]


async def test_other_readers_are_in_force_at_once_for_every_revision_of_one_document(index: Index) -> None:
    await fill(index)
    await index.upsert([point("rule", "a", 2)])
    await index.access("a", ["person:alice"], ["group:hr"])
    assert (await seen(index, ALICE), await seen(index, BOB)) == (["a", "b", "c"], [])
    assert await seen(index, ("person:alice", "group:hr")) == ["c"]
    await index.access("a", [], [])
    assert await seen(index, BOB) == ["a"]
    assert await index.count() == 4


async def test_what_is_hidden_does_not_show_in_the_scores(index: Index) -> None:
    await index.upsert([point("alpha beta", "a"), point("alpha gamma", "b"), point("beta delta", "c")])

    async def scores() -> list[float]:
        legs = await index.search([1.0] * SIZE, bm25.question("alpha"), Scope(["finance"], (BOB,)), 9)
        return [hit.score for hit in legs.lexical]

    before = await scores()
    await index.upsert([point("alpha", "x", n=n)._replace(allow=["group:finance"]) for n in range(20)])
    assert await scores() == pytest.approx(before)
