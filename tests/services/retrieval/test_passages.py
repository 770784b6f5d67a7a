"""What leaves retrieval: copies once, neighbours joined, and nothing else changed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.retrieval.index.protocol import Scope
from services.retrieval.search.context_expansion import cost, joined, merged, widened
from services.retrieval.search.deduplication import ComparedPassage
from shared.events import Chunk, DocumentChunked, Passage
from tests.services.retrieval.running import ask, batch, open_context, open_up, put

PAGE = "一、住宿标准为每晚三百元。\n二、伙食补贴每天一百二十元。\n三、借款上限为三千元。\n四、自驾每公里一元二角。"
LINES = PAGE.splitlines()
ALICE = Scope(("finance",), (("person:alice",),))


def piece(n: int, start: int, end: int, page: str = PAGE, **more: Any) -> Passage:
    about = {"document_id": "d", "revision": 1, "workspace": "finance", "title": "t", "page": 1, "score": 1.0}
    return Passage.model_validate(about | {"chunk": n, "start": start, "end": end, "text": page[start:end]} | more)


def cut(document: str, page: str, overlap: int = 0, **more: Any) -> DocumentChunked:
    """A page as one chunk a line, each with the end of the line before it."""
    chunks, at = [], 0
    for n, line in enumerate(page.splitlines(keepends=True)):
        start, end = max(0, at - overlap), at + len(line.rstrip())
        chunks.append(Chunk(n=n, text=page[start:end], page=1, start=start, end=end))
        at += len(line)
    return batch(document, [], **more).model_copy(update={"chunks": tuple(chunks)})


@pytest.mark.parametrize("overlap", [0, 5])
async def test_a_hit_comes_with_what_stands_beside_it_and_nothing_twice(tmp_path: Path, overlap: int) -> None:
    async with open_context(tmp_path) as context:
        await put(context, cut("rules", PAGE, overlap))
        search = await context.search()
        hits = await search.passages(await search.analyzed("借款上限"), ALICE, 1, 0.0)
        [wider] = await search.widened(hits, ALICE, 1000)
        assert wider.text == PAGE[wider.start : wider.end]
        assert [line in wider.text for line in LINES] == [False, True, True, True]
        assert (wider.page, wider.chunk, wider.score) == (1, hits[0].chunk, hits[0].score)
        assert await search.widened(hits, ALICE, 0) == hits


async def test_neighbours_are_checked_like_hits(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, cut("rules", PAGE))
        search = await context.search()
        hits = await search.passages(await search.analyzed("借款上限"), ALICE, 1, 0.0)
        await open_up(context, "rules", deny=("person:alice",))
        assert await search.widened(hits, ALICE, 1000) == hits


def test_joining_keeps_to_one_page_of_one_revision_without_a_gap() -> None:
    first, second = piece(0, 0, 13), piece(1, 14, 28)
    both = joined(second, first)
    assert both is not None
    assert (both.text, both.chunk) == (PAGE[:28], 1)
    for more in ({"page": 2}, {"revision": 2}, {"document_id": "e"}, {"start": 20, "end": 34}, {"start": 0, "end": 0}):
        assert joined(first, second.model_copy(update=more)) is None


def test_a_tables_repeated_header_is_not_repeated_inside() -> None:
    table = "| city | limit |\n| --- | --- |\n| Wuxi | 300 |\n| Suzhou | 480 |"
    head, at = table[:31], table.index("| Suzhou")
    later = piece(1, at, len(table), table, text=head + table[at:])
    whole = joined(piece(0, 0, at - 1, table), later)
    assert whole is not None
    assert whole.text == table
    assert merged([later, piece(0, 0, at - 1, table)]) == [whole.model_copy(update={"chunk": 1})]


def test_hits_that_touch_become_one_in_the_better_ones_place() -> None:
    spans = [(0, 13), (14, 28), (29, 39)]
    first, second, third = (piece(n, *span, score=1 - n / 10) for n, span in enumerate(spans))
    other = piece(9, 0, 13, document_id="e", score=0.95)
    assert [(p.chunk, p.text) for p in merged([first, other, third, second])] == [(0, PAGE[:39]), (9, other.text)]


def test_neighbours_go_to_the_best_while_the_tokens_last() -> None:
    hit, poor = piece(1, 14, 28), piece(1, 14, 28, document_id="e", score=0.4)
    rows: dict[str, Any] = {}
    assert widened([hit, poor], rows, 1000) == [hit, poor]
    assert cost("abcd efgh") == 3
    assert cost("三百元") == 3


@pytest.mark.parametrize(
    ("better", "other", "same"),
    [
        (PAGE, PAGE.replace("\n", " "), True),
        (PAGE, PAGE.replace("，", ","), True),
        (PAGE, LINES[1], True),
        (LINES[1], PAGE, False),
        (PAGE, PAGE.replace("三千", "五千"), False),
        ("The allowance abroad is 75 dollars. " * 5, "The allowance abroad is 80 dollars. " * 5, False),
        (
            "A manager may book business class on long flights. " * 4,
            "A manager may not book business class. " * 4,
            False,
        ),
        (
            "Header of the firm. " * 20 + "Pumps are blue.",
            "Header of the firm. " * 20 + "Valves need green paint.",
            False,
        ),
    ],
)
def test_a_copy_says_nothing_new_unless_it_differs_in_what_matters(better: str, other: str, same: bool) -> None:
    assert ComparedPassage.of(other, frozenset()).within(ComparedPassage.of(better, frozenset())) == same


def test_a_copy_that_holds_a_word_of_the_question_is_no_copy() -> None:
    assert not ComparedPassage.of(PAGE, frozenset({1})).within(ComparedPassage.of(PAGE, frozenset()))


async def test_of_two_copies_the_one_that_came_into_force_last_is_shown(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    async with open_context(tmp_path) as context:
        for name, days in (("older", 400), ("newer", 30)):
            await put(context, batch(name, [PAGE], title="rules.txt", effective=now - timedelta(days=days)))
        assert [p.document_id for p in await ask(context, "借款上限是多少")] == ["newer"]
