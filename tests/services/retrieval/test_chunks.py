"""A revision is found whole or not at all."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from services.retrieval.index.protocol import Scope
from services.retrieval.search.access_check import allowed
from services.retrieval.search.answerability import ANSWER
from shared.errors import Refused
from shared.events import DocumentAmended, Principal
from shared.security.capability import Right
from tests.services.retrieval.running import ask, batch, open_context, put, remove

RULES = ["The daily allowance in Beijing is 420 yuan.", "Trains before planes."]


async def test_a_passage_knows_where_it_comes_from(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        indexed = await put(context, batch("travel", RULES))
        assert indexed is not None
        assert (indexed.chunks, indexed.pages) == (2, 1)
        [first, *_] = await ask(context, "daily allowance Beijing")
        assert (first.document_id, first.revision, first.title, first.page) == ("travel", 1, "travel.txt", 1)
        assert first.text == RULES[0]
        assert 0.5 < first.score <= 1.0
        assert set(first.legs) == {"dense", "bm25"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_batches_in_any_order_show_the_document_with_the_last(tmp_path: Path, order: tuple[int, ...]) -> None:
    async with open_context(tmp_path) as context:
        for n, number in enumerate(order):
            indexed = await put(context, batch("long", [f"rule number {number}"], batch=number, batches=3))
            assert bool(indexed) == (n == 2)
            assert len(await ask(context, "rule")) == (3 if n == 2 else 0)


async def test_a_batch_delivered_twice_changes_nothing_and_tells_again(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        first, again = await put(context, batch("travel", RULES)), await put(context, batch("travel", RULES))
        assert first == again
        assert len(await ask(context, "allowance trains planes")) == 2
        assert await (await context.index_set()).index.count() == await context.chunks.count() == 2


async def test_a_new_revision_replaces_the_old_one_whole(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", RULES))
        await put(context, batch("travel", ["The allowance is 500 yuan."], 2, batch=0, batches=2))
        assert {p.revision for p in await ask(context, "allowance")} == {1}
        await put(context, batch("travel", ["Planes are fine."], 2, batch=1, batches=2))
        assert {p.revision for p in await ask(context, "allowance trains planes")} == {2}
        assert await (await context.index_set()).index.count() == 2


async def test_a_late_batch_of_an_older_revision_is_let_go(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", ["old allowance"], 1, batch=0, batches=2))
        await put(context, batch("travel", ["new allowance"], 2))
        assert await put(context, batch("travel", ["old trains"], 1, batch=1, batches=2)) is None
        assert [p.text for p in await ask(context, "allowance trains")] == ["new allowance"]
        assert await (await context.index_set()).index.count() == await context.chunks.count() == 1


async def test_a_removed_document_is_gone_and_stays_gone(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", RULES))
        await remove(context, "travel")
        assert await put(context, batch("travel", RULES)) is None
        assert await ask(context, "allowance") == ()
        assert await (await context.index_set()).index.count() == await context.chunks.count() == 0


async def test_a_removal_that_comes_late_spares_what_was_uploaded_since(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", RULES, 2))
        await remove(context, "travel", 1)
        assert {p.revision for p in await ask(context, "allowance")} == {2}


async def test_rows_outside_the_workspaces_never_leave(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", RULES))
        await put(context, batch("pay", ["The allowance of directors is secret."], workspace="board"))
        assert {p.workspace for p in await ask(context, "allowance directors secret")} == {"finance"}
        assert await ask(context, "allowance", "nowhere") == ()


async def test_an_index_that_lies_about_a_workspace_is_caught_in_sql(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("pay", ["directors' allowance"], workspace="board"))
        index_set = await context.index_set()
        await index_set.add(batch("pay", ["directors' allowance"], workspace="finance"))
        assert await ask(context, "allowance") == ()


async def test_a_document_is_found_between_its_dates_alone(tmp_path: Path) -> None:
    now, day = datetime.now(UTC), timedelta(days=1)
    async with open_context(tmp_path) as context:
        await put(context, batch("past", ["allowance then"], expires=now - day))
        await put(context, batch("present", ["allowance today"], effective=now - day, expires=now + day))
        await put(context, batch("future", ["allowance soon"], effective=now + day))
        assert [p.document_id for p in await ask(context, "allowance")] == ["present"]


async def test_an_amended_document_keeps_its_text_and_takes_its_new_title_and_dates(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", RULES))
        about = {"document_id": "travel", "revision": 1, "workspace": "finance", "title": "Travel 2027.pdf"}
        await context.chunks.amend(DocumentAmended(**about))
        assert {p.title for p in await ask(context, "allowance trains")} == {"Travel 2027.pdf"}
        await context.chunks.amend(DocumentAmended(**about, expires=now - timedelta(days=1)))
        assert await ask(context, "allowance") == ()


async def test_an_older_amendment_that_comes_late_changes_nothing(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", RULES))
        about = {"document_id": "travel", "revision": 1, "workspace": "finance"}
        for number, title, withdrawn in ((2, "second.pdf", False), (1, "first.pdf", True), (2, "second.pdf", False)):
            event = DocumentAmended(**about, title=title, withdrawn=withdrawn, amendment=number)
            await context.chunks.amend(event)
            assert {p.title for p in await ask(context, "allowance trains")} == {"second.pdf"}


async def test_what_may_not_be_read_crowds_nothing_out(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("small", ["somewhere an allowance is named among many other words of a long text"]))
        for part in range(3):
            texts = [f"allowance {part} {n}" for n in range(64)]
            await put(context, batch("draft", texts, batch=part, batches=4))
        assert [p.document_id for p in await ask(context, "allowance")] == ["small"]


async def test_the_same_text_twice_is_one_passage(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        for name in ("one", "two"):
            await put(context, batch(name, RULES[:1], title="travel.txt"))
        assert len(await ask(context, "daily allowance")) == 1


async def test_a_question_about_something_else_gets_no_passages(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", [*RULES, "差旅费须在三十天内报销。"]))
        assert await ask(context, "Who won the football match in Lisbon?", least=ANSWER) == ()
        for question in ("How high is the allowance in Beijing?", "差旅费多少天内报销？"):
            assert await ask(context, question, least=ANSWER)


async def test_one_leg_alone_can_be_looked_at(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", RULES))
        search = await context.search()
        for leg in ("dense", "bm25"):
            analyzed = await search.analyzed("daily allowance Beijing")
            found = await search.passages(analyzed, Scope(("finance",)), 6, 0.0, leg)
            assert {name for one in found for name in one.legs} == {leg}


def test_a_foreign_workspace_and_a_missing_one_are_refused_alike() -> None:
    about = {"principal": Principal(id="person:alice", name="Alice"), "actions": ("ask",), "query": "q"}
    right = Right(**about, workspaces=("finance",), expires_at=datetime.now(UTC))
    assert allowed(right, None) == allowed(right, "finance") == Scope(("finance",), (("person:alice",),))
    for name in ("board", "no such place"):
        with pytest.raises(Refused) as refused:
            allowed(right, "finance", name)
        assert (refused.value.reason, refused.value.status) == ("workspace_not_found", 404)
