"""A fresh process for every file: it gets the bytes and a title, and gives back chunks or the reason why not."""

import asyncio
import json
import logging
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from services.ingestion.pages import Unreadable
from services.ingestion.settings import IngestionSettings
from shared.events import Chunk

log = logging.getLogger(__name__)
FOLDER = Path(__file__).resolve().parent
# The service's own __init__ would bring the bus along: slow, and nothing that a parser should hold.
BOOT = f"""
import sys, types
sys.path.insert(0, {str(FOLDER.parent.parent)!r})
package = types.ModuleType("services.ingestion")
package.__path__ = [{str(FOLDER)!r}]
sys.modules["services.ingestion"] = package
from services.ingestion.parser import main
main()
"""
QUIET = {
    "LANG": "C.UTF-8",
    "RAYON_NUM_THREADS": "1",
    "TOKIO_WORKER_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "RUST_BACKTRACE": "0",
}
SLOW = "Reading it took longer than a document may. Split it, or print it to a simpler PDF."
HEAVY = "It made the reader fail: it is damaged, or needs more memory than a document may. Save it anew or split it."


@dataclass(frozen=True, slots=True)
class Parsed:
    """What is in a file; `pages` is the number of its last page."""

    media_type: str
    pages: int
    chunks: tuple[Chunk, ...]


async def parse(data: bytes, title: str, settings: IngestionSettings) -> Parsed:
    """The chunks, or `Unreadable`; whatever the file does, nothing else fails."""
    if len(data) > settings.max_bytes:
        raise Unreadable("too_big", f"It is larger than {settings.max_bytes >> 20} MiB. Split it.")
    with TemporaryDirectory(prefix="cloister-") as scratch:
        output = await _run(data, title, settings, scratch)
    try:
        found = json.loads(output)
        if "reason" in found:
            log.info("%s: %s %s", found["reason"], found["error"], found.get("detail", ""))
            raise Unreadable(found["reason"], found["error"])
        chunks = (
            dict(zip(("n", "text", "page", "heading", "start", "end"), row, strict=True)) for row in found["chunks"]
        )
        return Parsed(found["media_type"], found["pages"], tuple(Chunk.model_validate(chunk) for chunk in chunks))
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable("damaged", HEAVY) from error


async def _run(data: bytes, title: str, settings: IngestionSettings, scratch: str) -> bytes:
    environment = QUIET | {"HOME": scratch, "TMPDIR": scratch}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", BOOT, title[-200:].replace("\0", ""), settings.limits,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        cwd=scratch, env=environment, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(settings.parse_seconds):
            output = await _exchange(process, data, settings.max_output)
            code = await process.wait()
    except TimeoutError as error:
        raise Unreadable("too_complex", SLOW) from error
    finally:
        await _end(process)
    if code:
        raise Unreadable("too_complex", SLOW if code in (-signal.SIGXCPU, -signal.SIGKILL) else HEAVY)
    return output


async def _exchange(process: asyncio.subprocess.Process, data: bytes, most: int) -> bytes:
    feeding = asyncio.ensure_future(_feed(process.stdin, data))
    output = bytearray()
    try:
        while process.stdout and (block := await process.stdout.read(1 << 16)):
            output += block
            if len(output) > most:
                raise Unreadable("too_big", "It holds more text than a document can have. Split it.")
    finally:
        feeding.cancel()
    return bytes(output)


async def _feed(stdin: asyncio.StreamWriter | None, data: bytes) -> None:
    # A reader that has ended early says why by its exit.
    with suppress(ConnectionError):
        if stdin is None:
            return
        stdin.write(data)
        await stdin.drain()
        stdin.close()


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
