"""Lanes: a question never waits behind documents, and documents are not starved by questions."""

import asyncio
import threading
from collections.abc import Sequence

from services.retrieval.embedding import executor
from services.retrieval.embedding.executor import LocalEmbedder


class Slow:
    """A model whose passages wait for the test; `told` is what it was given, in order."""

    name, batch, threads = "slow", 1, 2

    def __init__(self) -> None:
        self.told: list[str] = []
        self.go, self.busy = threading.Semaphore(0), threading.Semaphore(0)

    def questions(self, texts: Sequence[str]) -> list[list[float]]:
        self.told += [f"? {text}" for text in texts]
        return [[1.0] for _ in texts]

    def passages(self, texts: Sequence[str]) -> list[list[float]]:
        self.busy.release()
        self.go.acquire()
        self.told += texts
        return [[float(len(text))] for text in texts]


async def until(semaphore: threading.Semaphore, times: int) -> None:
    for _ in range(times):
        await asyncio.to_thread(semaphore.acquire)


async def test_a_question_is_answered_while_all_documents_wait() -> None:
    model = Slow()
    local = LocalEmbedder(model)
    bulk = asyncio.create_task(local.passages(["a" * n for n in range(1, 21)]))
    await until(model.busy, 2)
    assert await asyncio.wait_for(local.questions(["年假"]), 5) == [[1.0]]
    assert model.told == ["? 年假"]
    model.go.release(20)
    assert await bulk == [[float(n)] for n in range(1, 21)]


async def test_no_document_goes_in_while_a_question_is_with_the_model() -> None:
    model, asked, answered = Slow(), threading.Event(), threading.Event()

    def ask(texts: Sequence[str]) -> list[list[float]]:
        asked.set()
        answered.wait(5)
        model.told.append("?")
        return [[1.0] for _ in texts]

    model.questions = ask  # type: ignore[method-assign]
    local = LocalEmbedder(model)
    bulk = asyncio.create_task(local.passages(["a" * n for n in range(1, 5)]))
    await until(model.busy, 2)
    question = asyncio.create_task(local.questions(["q"]))
    await asyncio.to_thread(asked.wait)
    model.go.release(4)
    await asyncio.wait({bulk}, timeout=0.05)
    assert len(model.told) == 2
    answered.set()
    await asyncio.gather(question, bulk)
    assert model.told[:3] == ["aaaa", "aaa", "?"] or model.told[:3] == ["aaa", "aaaa", "?"]


async def test_endless_questions_hold_documents_back_for_a_moment_only() -> None:
    model, forever = Slow(), threading.Event()
    model.questions = lambda texts: forever.wait(5)  # type: ignore[method-assign, assignment, return-value]
    local, patience = LocalEmbedder(model), executor.PATIENCE
    executor.PATIENCE = 0.01
    try:
        question = asyncio.create_task(local.questions(["q"]))
        await asyncio.sleep(0)
        model.go.release(1)
        assert await asyncio.wait_for(local.passages(["a"]), 5) == [[1.0]]
        assert not question.done()
    finally:
        executor.PATIENCE = patience
        forever.set()
        await asyncio.gather(question, return_exceptions=True)


async def test_texts_of_like_length_go_in_together() -> None:
    seen: list[list[int]] = []

    class Noted:
        name, batch = "noted", 2

        def passages(self, texts: Sequence[str]) -> list[list[float]]:
            seen.append([len(text) for text in texts])
            return [[float(len(text))] for text in texts]

        questions = passages

    assert await LocalEmbedder(Noted()).passages(["aaaa", "a", "aaa", "aa"]) == [[4.0], [1.0], [3.0], [2.0]]
    assert seen == [[4, 3], [2, 1]]
