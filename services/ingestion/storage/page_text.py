"""Stores the page text of a revision, so that citations of it open after newer ones came."""

from collections.abc import Iterable

from shared.events import Chunk
from shared.page_text import pack


def packed(chunks: Iterable[Chunk]) -> bytes:
    """Pages as they are cited: `start` and `end` of a chunk are characters of its page's text."""
    pages: dict[int, list[str]] = {}
    ends: dict[int, int] = {}
    for chunk in sorted(chunks, key=lambda chunk: (chunk.page, chunk.start)):
        # A chunk's text may begin with a repeated table header, which is no part of the page.
        body, end = chunk.text[len(chunk.text) - (chunk.end - chunk.start) :], ends.get(chunk.page, 0)
        parts = pages.setdefault(chunk.page, [])
        parts += ["\n" * (chunk.start - end), body[max(0, end - chunk.start) :]]
        ends[chunk.page] = max(end, chunk.end)
    return pack((page, "".join(parts)) for page, parts in sorted(pages.items()))
