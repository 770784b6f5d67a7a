"""Who finds a document: its lists, in every leg and again in SQL."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.retrieval.context import RetrievalContext
from services.retrieval.handlers import amend
from services.retrieval.index.protocol import Scope
from services.retrieval.indexing.chunk_repository import ChunkRepository
from services.retrieval.indexing.sql import point_id
from services.retrieval.search.access_check import readable
from services.retrieval.text.bm25 import question
from shared.events import DocumentAmended
from shared.security.acl import allows
from tests.services.retrieval.running import ask, batch, open_context, open_up, put
from tests.services.retrieval.test_reindexing import holds

ALICE, BOB = ("person:alice", "group:finance"), ("person:bob", "group:sales")
NAMES = ["person:alice", "group:finance", "group:财务 部", "role:manager", "app:crm"]
LIST = some.lists(some.sampled_from(NAMES), max_size=2, unique=True)
Lists = tuple[list[str], list[str]]
PARTY = some.lists(some.sampled_from(NAMES), min_size=1, max_size=3, unique=True)


async def readers(context: Any, *parties: tuple[str, ...]) -> set[str]:
    return {passage.document_id for passage in await ask(context, "travel rule", parties=parties)}


async def test_lists_decide_who_finds_a_document(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("open", ["travel rule one"]))
        await put(context, batch("closed", ["travel rule two again"], allow=["group:finance"]))
        await put(context, batch("kept", ["the third rule of travel"], deny=["person:bob"]))
        assert await readers(context, ALICE) == {"open", "closed", "kept"}
        assert await readers(context, BOB) == {"open"}


async def test_a_denied_name_outweighs_an_allowed_one(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("a", ["travel rule"], allow=["group:finance"], deny=["person:alice"]))
        assert await readers(context, ALICE) == set()
        assert await readers(context, ("person:carol", "group:finance")) == {"a"}


async def test_a_system_that_speaks_for_a_person_must_pass_too(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("a", ["travel rule"], deny=["app:crm"]))
        await put(context, batch("b", ["another travel rule here"], allow=["person:alice"]))
        assert await readers(context, ALICE) == {"a", "b"}
        assert await readers(context, ALICE, ("app:crm",)) == set()
        await open_up(context, "b", allow=["person:alice", "app:crm"])
        assert await readers(context, ALICE, ("app:crm",)) == {"b"}


async def test_other_readers_count_without_placing_anything_again(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("a", ["travel rule"]))
        index_set = await context.index_set()
        index_set.index.upsert = None  # type: ignore[assignment,method-assign]
        await open_up(context, "a", 1, deny=["group:finance"])
        assert await readers(context, ALICE) == set()
        await open_up(context, "a", 2)
        assert await readers(context, ALICE) == {"a"}


async def test_of_two_changes_the_later_one_counts_however_they_come(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("a", ["travel rule"]))
        await open_up(context, "a", 2, deny=["group:finance"])
        await open_up(context, "a", 1)
        await put(context, batch("a", ["travel rule two"], 2, access=1))
        assert await readers(context, ALICE) == set()
        assert await readers(context, BOB) == {"a"}


async def test_a_change_that_comes_before_the_document_counts(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await open_up(context, "a", 1, allow=["group:sales"])
        await put(context, batch("a", ["travel rule"]))
        assert await readers(context, ALICE) == set()
        found = await in_index(context, ALICE), await in_index(context, BOB)
        assert [len(ids) for ids in found] == [0, 1], "the points follow"


async def test_a_change_while_a_batch_is_embedded_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_context(tmp_path) as context:
        keep = ChunkRepository.keep

        async def slow(chunks: ChunkRepository, event: Any, pieces: Any) -> Any:
            await open_up(context, "a", 1, allow=["group:sales"])
            return await keep(chunks, event, pieces)

        monkeypatch.setattr(ChunkRepository, "keep", slow)
        await put(context, batch("a", ["travel rule"]))
        assert await readers(context, ALICE) == set()
        assert await in_index(context, ALICE) == set()


async def test_a_rebuilt_index_knows_the_readers(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("a", ["travel rule"]))
        await open_up(context, "a", 1, allow=["group:sales"])
    rmtree(tmp_path / "index")
    async with open_context(tmp_path) as context:
        index_set = await context.index_set()
        await holds(index_set.index, 1)
        assert (len(await in_index(context, ALICE)), len(await in_index(context, BOB))) == (0, 1)


async def test_a_withdrawn_document_is_not_found_until_it_is_restored(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        about = {"document_id": "a", "revision": 1, "workspace": "finance", "title": "a"}
        await put(context, batch("a", ["travel rule"]))
        for withdrawn in (True, False, True):
            await amend(DocumentAmended.model_validate(about | {"withdrawn": withdrawn}), context)
            assert bool(await readers(context, ALICE)) != withdrawn
        await put(context, batch("a", ["travel rule two"], 2))
        assert await readers(context, ALICE) == set(), "a batch that waited does not bring it back"
        await put(context, batch("b", ["a travel rule for later"], withdrawn=True))
        assert await readers(context, ALICE) == set()


async def in_index(context: Any, holders: tuple[str, ...]) -> set[str]:
    """What the engine alone shows to someone."""
    index_set = await context.index_set()
    [vector] = await index_set.embedder.questions(["travel rule"])
    legs = await index_set.index.search(vector, question("travel rule"), Scope(("finance",), (holders,)), 9)
    assert {hit.id for hit in legs.dense} == {hit.id for hit in legs.lexical}, "in both legs"
    return {hit.id for hit in legs.dense}


def test_index_sql_and_the_rule_agree(tmp_path: Path) -> None:
    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        context = runner.run(stack.enter_async_context(open_context(tmp_path)))

        @settings(max_examples=40, deadline=None)
        @given(some.lists(some.tuples(LIST, LIST), min_size=1, max_size=4), some.lists(PARTY, min_size=1, max_size=2))
        def agree(lists: list[Lists], parties: list[list[str]]) -> None:
            expected = {n for n, (allow, deny) in enumerate(lists) if may(allow, deny, parties)}
            assert {n for n, (allow, deny) in enumerate(lists) if allows(allow, deny, parties)} == expected
            assert runner.run(seen(context, lists, parties)) == (expected, expected)

        agree()
        runner.run(stack.aclose())


def may(allow: list[str], deny: list[str], parties: list[list[str]]) -> bool:
    """The rule again, as one would say it."""
    for names in parties:
        if any(name in deny for name in names) or (allow and not any(name in allow for name in names)):
            return False
    return True


async def seen(context: RetrievalContext, lists: list[Lists], parties: list[list[str]]) -> tuple[set[int], set[int]]:
    """The documents that the engine shows, and those that SQL lets pass, in a workspace of their own."""
    workspace, numbers = uuid4().hex, dict[str, int]()
    for n, (allow, deny) in enumerate(lists):
        document = uuid4().hex
        numbers[point_id(document, 1, 0)] = n
        await put(context, batch(document, ["travel rule"], workspace=workspace, allow=allow, deny=deny))
    scope = Scope((workspace,), parties)
    rows = await readable(context._database, list(numbers), scope)
    index_set = await context.index_set()
    [vector] = await index_set.embedder.questions(["travel rule"])
    legs = await index_set.index.search(vector, question("travel rule"), scope, 9)
    assert {hit.id for hit in legs.dense} == {hit.id for hit in legs.lexical}
    return {numbers[hit.id] for hit in legs.dense}, {numbers[id] for id in rows}
