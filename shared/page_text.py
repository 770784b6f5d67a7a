"""The codec of stored page text: compressed lines of JSON, `[page, text]` each."""

import json
import zlib
from collections.abc import Iterable, Iterator


def pack(pages: Iterable[tuple[int, str]]) -> bytes:
    """Pages in the order of their numbers, from 1."""
    return zlib.compress("".join(f"{json.dumps(page, ensure_ascii=False)}\n" for page in pages).encode())


def page_of(data: bytes, number: int) -> str | None:
    """One page, without decoding the others; None when there is no such page."""
    lines = zlib.decompress(data)
    if lines.startswith(b"[["):  # as it was written before: all pages in one list
        return dict(json.loads(lines)).get(number)
    start = b"[%d, " % number
    at = 0 if lines.startswith(start) else lines.find(b"\n" + start) + 1
    if not at and not lines.startswith(start):
        return None
    _, text = json.loads(lines[at : lines.index(b"\n", at)])
    return str(text)


def pages_of(data: bytes) -> Iterator[tuple[int, str]]:
    """All pages in the order of their numbers."""
    for line in zlib.decompress(data).splitlines():
        number, text = json.loads(line)
        yield number, text
