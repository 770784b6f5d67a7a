"""A search that is sent once more waits for the one that is under way."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.retrieval.under_way import SearchesUnderWay
from shared.events import Found, Search

UNTIL = datetime.now(UTC)


def wanted(question: str = "How much?", capability: str = "c") -> Search:
    return Search(query="q1", capability=capability, question=question, limit=5, expires_at=UNTIL)


async def test_the_same_search_is_done_once_and_another_one_beside_it() -> None:
    searches, done, end = SearchesUnderWay(), list[str](), asyncio.Event()

    async def work(name: str) -> Found:
        done.append(name)
        await end.wait()
        return Found(passages=(), absent=(name,))

    both = [asyncio.create_task(searches.once(wanted(), work(name))) for name in ("first", "second")]
    other = asyncio.create_task(searches.once(wanted("How little?"), work("other")))
    theirs = asyncio.create_task(searches.once(wanted(capability="d"), work("theirs")))
    await asyncio.sleep(0)
    end.set()
    heard = [found.absent for found in await asyncio.gather(*both, other, theirs)]
    assert heard == [("first",), ("first",), ("other",), ("theirs",)]
    assert (await searches.once(wanted(), work("later"))).absent == ("later",)
    assert done == ["first", "other", "theirs", "later"]


async def test_both_hear_that_it_failed_and_the_next_one_is_tried() -> None:
    searches, end = SearchesUnderWay(), asyncio.Event()

    async def fails() -> Found:
        await end.wait()
        raise ValueError("broken")

    async def works() -> Found:
        return Found(passages=())

    both = [asyncio.create_task(searches.once(wanted(), fails())) for _ in range(2)]
    await asyncio.sleep(0)
    end.set()
    heard = await asyncio.gather(*both, return_exceptions=True)
    assert [type(one) for one in heard] == [ValueError, ValueError]
    assert await searches.once(wanted(), works()) == Found(passages=())


async def test_who_is_called_off_takes_the_search_along_only_if_it_began_it() -> None:
    searches, end = SearchesUnderWay(), asyncio.Event()

    async def work() -> Found:
        await end.wait()
        return Found(passages=())

    first, second = (asyncio.create_task(searches.once(wanted(), work())) for _ in range(2))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    end.set()
    assert await first == Found(passages=())
