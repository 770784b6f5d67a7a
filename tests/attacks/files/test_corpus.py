"""The corpus: whatever it is, it ends in time and within its memory, as text or as a reason in words."""

import asyncio
import sys
import time
from pathlib import Path
from statistics import median

import pytest

from services.ingestion.chunking.model import Unreadable
from services.ingestion.sandbox.client import Parsed, parse
from services.ingestion.settings import IngestionSettings
from tests.attacks.files import corpus
from tests.attacks.files.test_files import MADE
from tests.attacks.files.watching import arrivals, watched
from tests.services.ingestion import running as files

MADE_TO_HURT = corpus.BOMBS | corpus.LOOPS | corpus.POLYGLOTS
EIGHTHS = range(1, 8)
# Seconds of the processor; of the clock a busy machine adds some, up to where the service itself ends it.
WORK, PATIENCE = 30, 60
KNOWN = {
    *("damaged", "no_text", "empty", "encrypted", "unsupported_type"),
    *("mislabelled", "too_complex", "too_big", "unsafe"),
}
SECRET = Path("/etc/hostname").read_text().strip() if sys.platform == "linux" else ""
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the limits of memory and the lock are Linux's")


async def told(data: bytes, title: str) -> Parsed | None:
    """What could be read; else there was a reason, known and in words."""
    try:
        return await parse(data, title, IngestionSettings())
    except Unreadable as caught:
        refusal = caught
    assert refusal.reason in KNOWN
    assert len(refusal.error.split()) > 5
    return None


def test_there_are_more_than_a_hundred_and_twenty() -> None:
    cut = len(corpus.GOOD) * len(EIGHTHS)
    assert len(MADE_TO_HURT) + len(MADE) + len(corpus.NAMES) + len(corpus.abroad(1)) + cut >= 240


@LINUX
@pytest.mark.parametrize("name", MADE_TO_HURT)
async def test_it_ends_in_time_and_within_its_memory(name: str) -> None:
    make, title = MADE_TO_HURT[name]
    data, began = make(), time.monotonic()
    async with watched() as seen:
        await told(data, title)
    assert time.monotonic() - began < PATIENCE
    assert 0 < seen.memory < 512 << 20
    assert seen.seconds < WORK


@pytest.mark.parametrize("kind", corpus.GOOD)
async def test_a_file_that_is_cut_off_is_read_or_told(kind: str) -> None:
    whole = corpus.GOOD[kind]()
    cut = [whole[: len(whole) * eighth // 8] for eighth in EIGHTHS]
    await asyncio.gather(*(told(data, f"a.{kind}") for data in cut))
    assert kind == "png" or await told(whole, f"a.{kind}")


@LINUX
async def test_nobody_is_asked_and_no_file_of_the_machine_is_told() -> None:
    async with arrivals() as (port, seen):
        abroad = corpus.abroad(port)
        found = await asyncio.gather(*(told(*one) for one in abroad.values()))
    assert not seen.asked
    for name, one in zip(abroad, found, strict=True):
        assert one is None or not any(SECRET in chunk.text for chunk in one.chunks), name


async def test_a_name_with_a_trick_leads_nowhere() -> None:
    names: list[str] = []

    async def keep(name: str, data: bytes) -> None:
        names.append(name)

    for make, title in corpus.NAMES.values():
        await parse(make(), title, IngestionSettings(), keep)
    assert len(names) == 2 * len(corpus.containers.TRICKS)
    for name in names:
        assert name.isprintable(), name
        assert not name.startswith("/"), name
        assert not {"", ".", ".."} & set(name.split("/")), name
        assert "\\" not in name, name
        assert len(name) <= 200, name


async def test_good_files_wait_less_than_a_second_for_bad_ones() -> None:
    good = [files.pdf(f"Page {n}.") for n in range(5)]
    # Each needs some seconds of the processor, and there are more of them than may be read at a time.
    bad = [corpus.LOOPS["csv: a quote without end"][0]() for _ in range(4)]

    async def timed(data: bytes) -> float:
        began = time.monotonic()
        await told(data, "a.pdf")
        return time.monotonic() - began

    alone = median([await timed(data) for data in good])
    held = [asyncio.create_task(told(data, "a.csv")) for data in bad]
    await asyncio.sleep(0.2)
    beside = median([await timed(data) for data in good])
    slow = [task for task in held if not task.done()]
    await asyncio.gather(*held)
    assert slow, "the bad ones had ended before the good ones came"
    assert beside - alone < 1
