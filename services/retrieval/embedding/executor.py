"""Runs a blocking model in threads, questions before documents."""

import asyncio
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

Vectors = list[list[float]]
BATCH = 8  # texts in one call, for a model that does not say
SHORT = 384  # bytes of a question that no other need wait for
PATIENCE = 0.5  # seconds that documents stand back at most, so that endless questions do not starve them
LOWER = 10  # of 19: what the operating system gives to documents when questions want the processor too


class EmbeddingModel(Protocol):
    """A model in this process; its calls block and leave the interpreter free.

    It may say how many texts it takes best at once (`batch`) and on how many threads it may be called (`threads`), and
    count the tokens of texts (`count`);
    `alone()` keeps its work for the thread that calls it to one processor.
    """

    name: str

    def questions(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""

    def passages(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""


class LocalEmbedder:
    """While a question is with the model, no further document goes in; those that are in have lower priority."""

    at_once = 1  # of short questions, and of long ones

    def __init__(self, model: EmbeddingModel) -> None:
        self.name = model.name
        self._model = model
        self._batch, threads = getattr(model, "batch", BATCH), getattr(model, "threads", 1)
        self._asking = ThreadPoolExecutor(1, "embed-questions")
        self._pondering = ThreadPoolExecutor(1, "embed-long-questions", partial(_yield, model))
        self._placing = ThreadPoolExecutor(threads, "embed-documents", _step_back)
        self._turns = asyncio.Semaphore(threads)
        if hasattr(model, "count"):
            self.count = model.count
        self._asked, self._quiet = 0, asyncio.Event()
        self._quiet.set()

    async def questions(self, texts: Sequence[str]) -> Vectors:
        """For asking. A long one runs beside the others, with the priority of documents."""
        if sum(len(text.encode()) for text in texts) > SHORT:
            return _rows(await self._run(self._pondering, self._model.questions, texts))
        self._asked += 1
        self._quiet.clear()
        try:
            return _rows(await self._run(self._asking, self._model.questions, texts))
        finally:
            self._asked -= 1
            if not self._asked:
                self._quiet.set()

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """For being found. Small batches of like length: padding costs more than arithmetic."""
        order = sorted(range(len(texts)), key=lambda n: -len(texts[n]))
        parts = [order[at : at + self._batch] for at in range(0, len(order), self._batch)]
        found: Vectors = [[] for _ in texts]
        for part, rows in zip(parts, await asyncio.gather(*(self._place(texts, part) for part in parts)), strict=True):
            for n, row in zip(part, rows, strict=True):
                found[n] = row
        return found

    async def _place(self, texts: Sequence[str], part: Sequence[int]) -> Vectors:
        async with self._turns:
            if self._asked:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._quiet.wait(), PATIENCE)
            return _rows(await self._run(self._placing, self._model.passages, [texts[n] for n in part]))

    async def _run(self, lane: ThreadPoolExecutor, call: Any, texts: Sequence[str]) -> Any:
        # A NUL ends a text early in C.
        clean = [text.replace("\0", " ") for text in texts]
        return await asyncio.get_running_loop().run_in_executor(lane, call, clean)


def _step_back() -> None:
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWER)


def _yield(model: EmbeddingModel) -> None:
    """On one processor, and behind who wants it too."""
    _step_back()
    if alone := getattr(model, "alone", None):
        alone()


def _rows(rows: Any) -> Vectors:
    found: Vectors = rows.tolist() if hasattr(rows, "tolist") else [list(map(float, row)) for row in rows]
    return found
