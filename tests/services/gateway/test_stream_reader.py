"""A call as its readers receive it: workers that die, tokens that are lost, readers that come back."""

import asyncio
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.http.sse import framed
from services.gateway.openai.annotations import RESTART, CitationNumbering
from services.gateway.openai.completions.chat_reply import CompletionStream
from services.gateway.queries.pending_queries import PendingQueries, PendingQuery
from services.gateway.queries.stream_reader import StreamEvent, StreamReader
from shared.events import QueryStreamed
from tests.services.gateway.running import answered, question, token

ASKED = question()


def call() -> PendingQuery:
    return PendingQuery(ASKED.query, "person:alice")


def texts(heard: list[StreamEvent]) -> str:
    """What a reader shows in the end: the tokens after the last restart."""
    text = ""
    for one in heard:
        text = "" if one.name == "restart" else text + (one.data if one.name == "token" else "")
    return text


async def read(opened: PendingQuery, place: str = "") -> list[StreamEvent]:
    return [heard async for heard in StreamReader(opened, place)]


async def live(opened: PendingQuery, *steps: Any) -> list[StreamEvent]:
    """A reader that hears each step before the next happens."""
    heard: list[StreamEvent] = []
    reader = aiter(StreamReader(opened, beat=0.001))
    for step in steps:
        opened.settle(step) if hasattr(step, "answered_at") else opened.hear(step)
        while not heard or heard[-1].name != "beat":
            try:
                heard.append(await anext(reader))
            except StopAsyncIteration:
                return heard
        heard.pop()
    return heard


async def test_a_second_worker_that_writes_the_same_repeats_nothing() -> None:
    steps = [
        token(ASKED, 0, "The mar"),
        token(ASKED, 1, "gin"),
        token(ASKED, 0, "The ", 2),
        token(ASKED, 1, "margin was", 2),
    ]
    heard = await live(call(), *steps, answered(ASKED, "The margin was 41 %."))
    assert [one.data for one in heard if one.name == "token"] == ["The mar", "gin", " was", " 41 %."]
    assert "restart" not in [one.name for one in heard]


async def test_a_second_worker_that_writes_something_else_starts_over() -> None:
    steps = [token(ASKED, 0, "The margin"), token(ASKED, 0, "It was 41 %", 2), token(ASKED, 1, " late", 1)]
    heard = await live(call(), *steps, answered(ASKED, "It was 41 %."))
    assert [one.name for one in heard] == ["token", "restart", "token", "token", "answer"]
    assert texts(heard) == "It was 41 %."


async def test_a_lost_token_is_filled_by_the_answer() -> None:
    heard = await live(call(), token(ASKED, 0, "a"), token(ASKED, 2, "c"), answered(ASKED, "abc"))
    assert [one.data for one in heard if one.name == "token"] == ["a", "bc"]


@pytest.mark.parametrize("first", [0, 1])
async def test_tokens_may_be_counted_from_nought_or_one(first: int) -> None:
    opened = call()
    for n, text in enumerate("abc"):
        opened.hear(token(ASKED, n + first, text))
    assert opened.text == "abc"


async def test_a_workers_progress_is_counted_with_its_tokens() -> None:
    opened = call()
    about = {"query": ASKED.query, "client": "gateway", "kind": "progress"}
    opened.hear(QueryStreamed.model_validate(about | {"stage": "waiting", "position": 1}))
    opened.hear(QueryStreamed.model_validate(about | {"stage": "answering", "n": 1}))
    opened.hear(token(ASKED, 2, "ab"))
    opened.hear(token(ASKED, 4, "d"))
    assert (opened.text, opened.whole) == ("ab", False)


async def test_a_reader_that_comes_back_gets_only_the_rest() -> None:
    opened = call()
    opened.settle(answered(ASKED, "资料显示四成一。"))
    place = f"4-{crc32('资料显示'.encode()):08x}"
    heard = await read(opened, place)
    assert [one.data for one in heard if one.name == "token"] == ["四成一。"]


@pytest.mark.parametrize("place", ["4-00000000", "99-12345678", "nonsense", "-1-0"])
async def test_a_place_that_does_not_fit_starts_over(place: str) -> None:
    opened = call()
    opened.settle(answered(ASKED, "The answer"))
    assert texts(await read(opened, place)) == "The answer"


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5), st.text("ab", max_size=3))), st.text("ab"))
def test_whatever_was_heard_the_text_ends_as_the_answer(said: list[tuple[int, int, str]], final: str) -> None:
    steps = [token(ASKED, n, text, attempt) for attempt, n, text in said]

    async def reads() -> list[StreamEvent]:
        return await live(call(), *steps, answered(ASKED, final))

    assert texts(asyncio.run(reads())) == final


async def test_progress_and_heartbeats_are_frames() -> None:
    waits = QueryStreamed(
        query=ASKED.query, client="gateway", kind="progress", stage="waiting", position=2, wait_seconds=3.5
    )
    heard = await live(call(), waits)
    assert framed(heard[0]).startswith(b"event: progress\ndata: ")
    assert b"\nid: 0-00000000\n" in framed(heard[0])
    assert b'{"stage":"waiting","position":2,"wait_seconds":3.5}' in framed(heard[0])
    assert framed(StreamEvent("beat")).startswith(b":")


async def test_an_openai_stream_that_starts_over_shows_the_whole_answer_below_a_line() -> None:
    chunks = CompletionStream("q", "cloister", CitationNumbering(), "http://page")
    assert RESTART.encode().replace(b"\n", b"\\n") in chunks.framed(StreamEvent("restart"))


def test_finished_calls_are_kept_only_for_a_while() -> None:
    waiting = PendingQueries(resumable=2)
    for n in range(4):
        asked = question(f"{n:032x}")
        waiting.open(PendingQuery(asked.query, "p"))
        waiting.settle(answered(asked))
    assert [waiting.find(f"{n:032x}") is not None for n in range(4)] == [False, False, True, True]
