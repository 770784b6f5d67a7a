"""The processes that read files: when they end, what they hold, and what becomes of a file when they are lost."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import pytest

from services.ingestion.sandbox import fork_client
from services.ingestion.sandbox.client import parse
from services.ingestion.settings import IngestionSettings
from shared.errors import Unavailable

ROOT = Path(__file__).parents[3]
SERVICE = """
import asyncio, os
from tempfile import TemporaryFile
from services.ingestion.sandbox.fork_client import forked

async def main():
    file = open(os.pipe()[0], "rb")
    with TemporaryFile() as output:
        async with forked(file, output) as fork:
            print(fork.pid, flush=True)
            await asyncio.sleep(60)

asyncio.run(main())
"""


@contextmanager
def unfinished() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """A file that never comes to its end, and an output."""
    reading, writing = os.pipe()
    with open(reading, "rb") as file, open(writing, "wb"), TemporaryFile() as output:
        yield file, output


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while True:
            if true():
                return
            await asyncio.sleep(0.01)


def gone(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return False
    return True


async def test_a_process_ends_with_what_asked_for_it() -> None:
    with unfinished() as (file, output):
        async with fork_client.forked(file, output) as fork:
            assert not gone(fork.pid)
        await until(lambda: gone(fork.pid))


async def test_a_process_that_waits_holds_nothing_of_the_file_that_another_reads() -> None:
    with unfinished() as (file, output):
        async with fork_client.forked(file, output) as fork:
            await until(lambda: forked_by_server() - {fork.pid})
            [waiting] = forked_by_server() - {fork.pid}
            await until(lambda: {one.name for one in Path(f"/proc/{waiting}/fd").iterdir()} == {"0", "1", "2"})


async def test_how_a_process_was_ended_is_told() -> None:
    with unfinished() as (file, output):
        async with fork_client.forked(file, output) as fork:
            os.kill(fork.pid, signal.SIGKILL)
            assert await fork.ended() == -signal.SIGKILL


async def test_files_are_read_after_the_process_that_all_are_forked_from_was_killed() -> None:
    with unfinished() as (file, output):
        async with fork_client.forked(file, output) as fork:
            os.kill(fork_client._running[0].process.pid, signal.SIGKILL)
            fork_client._running[0].process.wait()
            with pytest.raises(Unavailable, match="starts again"):
                await fork.ended()
    assert (await parse("一段文字。".encode(), "a.txt", IngestionSettings())).chunks[0].text == "一段文字。"


async def test_no_process_outlives_a_service_that_was_killed() -> None:
    service = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVICE, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert service.stdout
    pid = int(await service.stdout.readline())
    assert not gone(pid)
    service.kill()
    await service.wait()
    await until(lambda: gone(pid))


def forked_by_server() -> set[int]:
    server = fork_client._running[0].process.pid
    return {int(one) for one in Path(f"/proc/{server}/task/{server}/children").read_text().split()}
