"""Another model: its index is built beside the live one, and taken at once, with nothing lost in between."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import rmtree

import pytest
from prometheus_client import REGISTRY

from services.retrieval.context import RetrievalContext
from services.retrieval.index import reindexing
from services.retrieval.index.index_repository import IndexRepository
from services.retrieval.index.protocol import Index
from services.retrieval.index.reindexing import VERSION
from services.retrieval.search.calibration import PAIRS
from shared.errors import Unavailable
from tests.services.retrieval.running import ask, batch, open_context, put, remove
from tests.services.support.word_embedder import WordModel

OLD_NAME, NEW_NAME = f"words-256{VERSION}", f"turned-256{VERSION}"

WORDS, TURNED, LOST = "tests.services.support.word_embedder:WordModel", f"{__name__}:Turned", f"{__name__}:Lost"
TEXTS = ["差旅费每天 420 元", "VPN-4012 setup", "年假十五天", "the hotel limit", "backup at two"]


class Turned(WordModel):
    """Another model: `gate` lets that many calls through, and it is away while `away` is set."""

    name, batch = "turned", 1
    gate = threading.Semaphore(0)
    away, asked = False, 0

    def questions(self, texts: Sequence[str]) -> list[list[float]]:
        Turned.asked += 1
        return [list(reversed(row)) for row in super().questions(texts)]

    def passages(self, texts: Sequence[str]) -> list[list[float]]:
        if Turned.away:
            raise Unavailable("The model is away.")
        self.gate.acquire()
        return [list(reversed(row)) for row in super().questions(texts)]


class Lost(WordModel):
    """A model that can be opened once."""

    name, opened = "lost", 0

    def __init__(self) -> None:
        Lost.opened += 1
        if Lost.opened > 1:
            raise AttributeError("the folder was removed")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    Turned.gate, Turned.away, Lost.opened = threading.Semaphore(len(TEXTS) + 1), False, 0
    monkeypatch.setattr(reindexing, "GRACE", 0.0)
    monkeypatch.setattr(reindexing, "PAUSE", 0.01)
    yield
    Turned.gate.release(10_000)


@asynccontextmanager
async def filled(home: Path, embedder: str = WORDS) -> AsyncIterator[RetrievalContext]:
    async with open_context(home, embedder) as context:
        for n, text in enumerate(TEXTS):
            await put(context, batch(f"d{n}", [text]))
        yield context


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while True:
            if await true():
                return
            await asyncio.sleep(0.01)


async def live(context: RetrievalContext, name: str) -> None:
    """Wait until the index of this model is searched and no other is kept."""

    async def alone() -> bool:
        return [(one.name, one.live) for one in await IndexRepository(context._database).all()] == [(name, True)]

    await until(alone)


async def holds(index: Index, least: int) -> None:
    async def enough() -> bool:
        return await index.count() >= least

    await until(enough)


async def titles(context: RetrievalContext, question: str) -> list[str]:
    return [passage.title for passage in await ask(context, question)]


async def test_searches_go_on_in_the_old_index_until_the_new_one_holds_all(tmp_path: Path) -> None:
    async with filled(tmp_path):
        pass
    Turned.gate = threading.Semaphore(len(PAIRS))  # which measure its scale
    async with open_context(tmp_path, TURNED) as context:
        index_set = await context.index_set()
        assert (index_set.live.name, index_set.coming and index_set.coming.name) == (OLD_NAME, NEW_NAME)
        Turned.asked = 0
        assert (await titles(context, "差旅费"))[0] == "d0.txt"
        assert Turned.asked == 0
        Turned.gate.release(100)
        await live(context, NEW_NAME)
        assert [(await titles(context, question))[0] for question in ("差旅费", "vpn-4012")] == ["d0.txt", "d1.txt"]
        assert Turned.asked == 2
        assert await index_set.live.index.count() == len(TEXTS)
        assert [path.name for path in (tmp_path / "index").iterdir()] == [NEW_NAME]
        assert REGISTRY.get_sample_value("cloister_index_share") == 1


async def test_what_comes_or_goes_during_the_building_does_so_in_both(tmp_path: Path) -> None:
    async with filled(tmp_path):
        pass
    Turned.gate = threading.Semaphore(len(PAIRS))
    async with open_context(tmp_path, TURNED) as context:
        coming = asyncio.create_task(put(context, batch("new", ["parking on level three"])))
        await remove(context, "d1")
        Turned.gate.release(100)
        await coming
        await live(context, NEW_NAME)
        assert (await titles(context, "parking"))[0] == "new.txt"
        assert "d1.txt" not in await titles(context, "vpn-4012")
        assert await (await context.index_set()).live.index.count() == len(TEXTS)


async def test_a_restart_goes_on_where_the_building_was(tmp_path: Path) -> None:
    async with filled(tmp_path):
        pass
    reindexing.PAGE, page = 1, reindexing.PAGE
    try:
        Turned.gate = threading.Semaphore(len(PAIRS) + 2)
        async with open_context(tmp_path, TURNED) as context:
            coming = (await context.index_set()).coming
            assert coming is not None
            await holds(coming.index, 2)
            Turned.gate.release()  # the call that waits
        Turned.gate = threading.Semaphore(len(PAIRS) + 3)  # no more than is missing
        async with open_context(tmp_path, TURNED) as context:
            await live(context, NEW_NAME)
            assert await (await context.index_set()).live.index.count() == len(TEXTS)
    finally:
        reindexing.PAGE = page


async def test_a_new_model_that_is_away_delays_no_document(tmp_path: Path) -> None:
    async with filled(tmp_path):
        pass
    Turned.gate = threading.Semaphore(len(PAIRS))
    async with open_context(tmp_path, TURNED) as context:
        Turned.away = True
        Turned.gate.release(100)
        assert await put(context, batch("new", ["parking on level three"]))
        assert (await titles(context, "parking"))[0] == "new.txt"
        assert (await context.index_set()).coming is not None
        Turned.away = False
        await live(context, NEW_NAME)
        assert (await titles(context, "parking"))[0] == "new.txt"


async def test_without_the_old_model_words_alone_find_until_the_new_index_is_whole(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with filled(tmp_path, LOST):
        pass
    Turned.gate = threading.Semaphore(len(PAIRS))
    async with open_context(tmp_path, TURNED) as context:
        assert "found by their words alone" in caplog.text
        (passage, *_) = await ask(context, "vpn-4012 setup")
        assert (passage.title, list(passage.legs)) == ("d1.txt", ["bm25"])
        coming = asyncio.create_task(put(context, batch("new", ["parking on level three"])))
        Turned.gate.release(100)
        await coming
        await live(context, NEW_NAME)
        assert (await titles(context, "parking"))[0] == "new.txt"
        assert set((await ask(context, "parking"))[0].legs) == {"dense", "bm25"}


async def test_a_change_that_is_taken_back_leaves_nothing_behind(tmp_path: Path) -> None:
    async with filled(tmp_path):
        pass
    Turned.gate = threading.Semaphore(len(PAIRS))
    async with open_context(tmp_path, TURNED):
        Turned.gate.release(1)
    async with open_context(tmp_path) as context:
        index_set = await context.index_set()
        assert index_set.coming is None
        assert [path.name for path in (tmp_path / "index").iterdir()] == [OLD_NAME]
        assert (await titles(context, "差旅费"))[0] == "d0.txt"


async def test_an_index_that_was_lost_is_filled_again(tmp_path: Path) -> None:
    async with filled(tmp_path):
        pass
    rmtree(tmp_path / "index")
    async with open_context(tmp_path) as context:
        index_set = await context.index_set()
        await holds(index_set.live.index, len(TEXTS))
        assert (await titles(context, "差旅费"))[0] == "d0.txt"
