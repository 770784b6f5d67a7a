"""Both engines, one behaviour."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from services.retrieval.index.protocol import Index, Point, Scope
from services.retrieval.index.qdrant_edge import EdgeIndex
from services.retrieval.index.qdrant_server import ServerIndex
from services.retrieval.indexing.sql import point_id
from services.retrieval.text import bm25
from shared.errors import NotReady, Unavailable
from tests.servers.qdrant_wire import wire
from tests.services.support.word_embedder import SIZE, WordModel

ENGINES = ["edge", "wire", *(["server"] if os.environ.get("CLOISTER_QDRANT_URL") else [])]


@pytest.fixture(params=ENGINES)
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Index]:
    async with AsyncExitStack() as stack:
        if request.param == "edge":
            opened: Index = EdgeIndex(tmp_path / "index", SIZE)
        else:
            url, key = os.environ.get("CLOISTER_QDRANT_URL", ""), os.environ.get("CLOISTER_VECTORS_KEY", "")
            if request.param == "wire":
                key = "the key of the wire"
                url, _ = await stack.enter_async_context(wire(key))
            opened = await ServerIndex.open(url, key, f"test-{uuid4().hex}", SIZE)
        yield opened
        await opened.drop()


def point(text: str, document: str = "a", revision: int = 1, n: int = 0, workspace: str = "finance") -> Point:
    vector = WordModel().passages([text])[0]
    return Point(point_id(document, revision, n), vector, bm25.document(text), workspace, document, revision)


async def found(index: Index, question: str, *workspaces: str) -> tuple[list[str], list[str]]:
    vector = WordModel().questions([question])[0]
    legs = await index.search(vector, bm25.question(question), Scope(workspaces or ("finance",)), 5)
    return [hit.id for hit in legs.dense], [hit.id for hit in legs.lexical]


async def test_each_leg_finds_its_best_first(index: Index) -> None:
    await index.upsert([point("travel rules", "a"), point("差旅费每天 420 元", "b"), point("VPN-4012 setup", "c")])
    for question, document in (("差旅费 420", "b"), ("vpn-4012", "c"), ("travel", "a")):
        dense, lexical = await found(index, question)
        assert dense[0] == lexical[0] == point_id(document, 1, 0)


async def test_no_leg_leaves_its_workspaces(index: Index) -> None:
    await index.upsert([point("salary table", "a", workspace="hr"), point("salary budget", "b")])
    for workspaces, expected in ((["hr"], "a"), (["finance"], "b")):
        dense, lexical = await found(index, "salary", *workspaces)
        assert dense == lexical == [point_id(expected, 1, 0)]
    assert await found(index, "salary", "nowhere") == ([], [])


async def test_rarity_is_counted_inside_the_workspaces_alone(index: Index) -> None:
    await index.upsert([point("alpha beta", "x"), point("alpha gamma", "y"), point("beta delta", "z")])
    before = await index.search([1.0] * SIZE, bm25.question("alpha"), Scope(["finance"]), 5)
    await index.upsert([point("alpha", "q", n=n, workspace="hr") for n in range(20)])
    after = await index.search([1.0] * SIZE, bm25.question("alpha"), Scope(["finance"]), 5)
    assert [hit.score for hit in after.lexical] == pytest.approx([hit.score for hit in before.lexical])


async def test_forgetting_takes_older_revisions_of_one_document(index: Index) -> None:
    await index.upsert([point("rule", "a", 1), point("rule", "a", 2), point("rule", "b", 1)])
    await index.forget("a", before=2)
    assert set((await found(index, "rule"))[0]) == {point_id("a", 2, 0), point_id("b", 1, 0)}
    assert await index.count() == 2


async def test_the_same_point_twice_is_one(index: Index) -> None:
    await index.upsert([point("rule"), point("rule")])
    await index.upsert([point("rule")])
    assert await index.count() == 1


async def test_a_question_without_terms_has_one_leg(index: Index) -> None:
    await index.upsert([point("rule")])
    assert await found(index, "的") == ([point_id("a", 1, 0)], [])


async def test_an_edge_index_is_there_again_after_a_restart(tmp_path: Path) -> None:
    first = EdgeIndex(tmp_path / "index", SIZE)
    await first.upsert([point("rule")])
    await first.close()
    second = EdgeIndex(tmp_path / "index", SIZE)
    assert await found(second, "rule") == ([point_id("a", 1, 0)], [point_id("a", 1, 0)])
    await second.close()


async def test_a_second_holder_of_an_edge_index_is_told_so(tmp_path: Path) -> None:
    first = EdgeIndex(tmp_path / "index", SIZE)
    with pytest.raises(NotReady, match="another process"):
        EdgeIndex(tmp_path / "index", SIZE)
    await first.close()


async def test_an_edge_index_is_settled_while_it_is_written_and_searched(tmp_path: Path) -> None:
    opened = EdgeIndex(tmp_path / "index", SIZE)
    await opened.upsert([point(f"rule {n}", "a", n=n) for n in range(20)])
    settling = asyncio.create_task(opened.settle())
    while not settling.done():
        await opened.upsert([point("travel rules", "b")])
        await opened.forget("a", before=2)
        assert (await found(opened, "travel"))[0][0] == point_id("b", 1, 0)
    await settling
    assert [path.name for path in (tmp_path / "index").iterdir() if path.is_dir()] == ["1"]
    for _ in range(2):
        assert await opened.known([point_id("a", 1, 3), point_id("b", 1, 0)]) == {point_id("b", 1, 0)}
        assert await opened.count() == 1
        await opened.close()
        opened = EdgeIndex(tmp_path / "index", SIZE)
    await opened.close()


async def test_a_settling_that_is_cut_off_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, begun = EdgeIndex(tmp_path / "index", SIZE), asyncio.Event()

    async def endless(_: Path) -> bool:
        begun.set()
        return await asyncio.Future()

    monkeypatch.setattr("services.retrieval.index.edge_versions.optimize", endless)
    await opened.upsert([point("rule")])
    settling = asyncio.create_task(opened.settle())
    await begun.wait()
    await opened.upsert([point("travel rules", "b")])
    settling.cancel()
    await opened.close()
    opened = EdgeIndex(tmp_path / "index", SIZE)
    assert await opened.count() == 2
    await opened.close()


async def test_a_snapshot_is_an_index_as_it_was(tmp_path: Path) -> None:
    opened = EdgeIndex(tmp_path / "index", SIZE)
    await opened.upsert([point("travel rules")])
    copy = await opened.snapshot(tmp_path / "backup")
    await opened.forget("a", before=2)
    await opened.close()
    restored = EdgeIndex(copy, SIZE)
    assert await found(restored, "travel") == ([point_id("a", 1, 0)], [point_id("a", 1, 0)])
    await restored.close()


async def test_known_points_are_told_from_others(index: Index) -> None:
    await index.upsert([point("rule", "a"), point("rule", "b")])
    asked = [point_id("a", 1, 0), point_id("c", 1, 0)]
    assert await index.known(asked) == {point_id("a", 1, 0)}


async def test_points_without_a_vector_are_counted_but_not_known(index: Index) -> None:
    await index.upsert([point("rule", "a"), point("rule", "b")._replace(dense=())])
    assert await index.known([point_id("a", 1, 0), point_id("b", 1, 0)]) == {point_id("a", 1, 0)}
    assert (await index.count(), await index.embedded()) == (2, 1)
    await index.upsert([point("rule", "b")])
    assert (await index.count(), await index.embedded()) == (2, 2)


async def test_without_a_vector_words_alone_find(index: Index) -> None:
    await index.upsert([point("travel rules", "a")._replace(dense=())])
    legs = await index.search([], bm25.question("travel"), Scope(["finance"]), 5)
    assert (legs.dense, [hit.id for hit in legs.lexical]) == ([], [point_id("a", 1, 0)])


async def test_a_dropped_index_is_empty_when_it_is_made_again(tmp_path: Path) -> None:
    opened = EdgeIndex(tmp_path / "index", SIZE)
    await opened.upsert([point("rule")])
    await opened.drop()
    assert not (tmp_path / "index").exists()
    opened = EdgeIndex(tmp_path / "index", SIZE)
    assert await opened.count() == 0
    await opened.close()


async def test_a_server_that_refuses_the_key_is_told_so() -> None:
    async with wire("right") as (url, _):
        with pytest.raises(NotReady, match="CLOISTER_VECTORS_KEY"):
            await ServerIndex.open(url, "wrong", "test", SIZE)


async def test_a_server_that_is_away_is_a_reason_to_try_later() -> None:
    async with wire("key") as (url, _):
        opened = await ServerIndex.open(url, "key", "test", SIZE)
        await opened.upsert([point("rule")])
    with pytest.raises(Unavailable, match="does not answer"):
        await opened.count()
    await opened.close()


async def test_a_server_indexes_what_filters_ask_for(tmp_path: Path) -> None:
    async with wire("key") as (url, points):
        opened = await ServerIndex.open(url, "key", "test", SIZE)
        assert set(points.fields) == {"workspace", "document", "revision", "allow", "deny"}
        assert points.fields["workspace"].keyword_index_params.is_tenant
        assert "test-1.snapshot" in (await opened.snapshot(tmp_path)).read_text()
        await opened.drop()
