"""Background tasks of a block end with it."""

import asyncio

import pytest

from shared import background as module
from shared.background import background


async def deaf_to_the_first(heard: list[str]) -> None:
    """A loop whose first cancellation is swallowed, as `asyncio.wait_for` does when the result comes with it."""
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            heard.append("cancelled")
            if len(heard) > 1:
                raise


async def test_a_loop_that_swallows_a_cancellation_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN_SECONDS", 0.01)
    heard: list[str] = []
    async with asyncio.timeout(10):
        async with background(deaf_to_the_first(heard)):
            await asyncio.sleep(0)
    assert heard == ["cancelled", "cancelled"]


async def test_a_loop_may_take_its_time_to_end() -> None:
    ended = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0.05)
            ended.set()

    async with background(slow()):
        await asyncio.sleep(0)
    assert ended.is_set()


async def test_a_loop_that_fails_ends_the_block() -> None:
    async def fails() -> None:
        raise ValueError("no such stream")

    with pytest.raises(ExceptionGroup, match="unhandled errors") as raised:
        async with background(fails()):
            await asyncio.sleep(3600)
    assert [str(each) for each in raised.value.exceptions] == ["no such stream"]


async def test_what_the_block_raises_is_raised_as_it_is() -> None:
    with pytest.raises(LookupError, match="not here"):
        async with background(asyncio.sleep(3600)):
            raise LookupError("not here")
