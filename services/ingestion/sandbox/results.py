"""Reads a parser's output line by line, so that a large document delays no other."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from services.ingestion.chunking.model import Unreadable
from shared.events import Chunk

HEAVY = "It made the reader fail: it is damaged, or needs more memory than a document may. Save it anew or split it."
FIELDS = ("n", "text", "page", "heading", "start", "end", "sections")
# Between two turns of the others.
ROWS = 200

Keep = Callable[[str, bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What is in a file; `pages` is the number of its last page, `removed` counts what was hidden, by kind."""

    media_type: str
    pages: int
    chunks: tuple[Chunk, ...]
    removed: dict[str, int] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    scans: tuple[int, ...] = ()

    def without(self, pages: int) -> "Parsed":
        """The same, where so many pages are pictures that stay unread."""
        return replace(self, scans=(), removed=self.removed | ({"unread_pages": pages} if pages else {}))


async def parsed(output: BinaryIO, keep: Keep | None) -> Parsed:
    """The chunks, or `Unreadable`; each file within the file is given to `keep`."""
    try:
        head = json.loads(output.readline())
        if "reason" in head:
            raise Unreadable(head["reason"], head["error"])
        chunks = [Chunk.model_validate(row) async for row in _rows(output, head["chunks"])]
        if keep:
            for name, size in head["parts"]:
                await keep(name, await asyncio.to_thread(_part, output, size))
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable("damaged", HEAVY) from error
    names = tuple(name for name, _ in head["parts"])
    return Parsed(head["media_type"], head["pages"], tuple(chunks), head["removed"], names, tuple(head["scans"]))


async def _rows(output: BinaryIO, count: int) -> Any:
    for n in range(count):
        if n % ROWS == 0:
            await asyncio.sleep(0)
        yield dict(zip(FIELDS, json.loads(output.readline()), strict=True))


def _part(output: BinaryIO, size: int) -> bytes:
    data = output.read(size)
    if len(data) != size:
        raise Unreadable("damaged", HEAVY)
    return data
