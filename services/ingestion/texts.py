"""The text of a revision's pages, kept beside its bytes so that a citation still opens when newer ones came."""

import json
import zlib
from collections.abc import Iterable

from shared.events import Chunk


def packed(chunks: Iterable[Chunk]) -> bytes:
    """Pages as they are cited: `start` and `end` of a chunk are characters of its page's text."""
    pages: dict[int, str] = {}
    for chunk in chunks:
        before = pages.get(chunk.page, "")
        # A chunk's text may begin with a repeated table header, which is no part of the page.
        body = chunk.text[len(chunk.text) - (chunk.end - chunk.start) :]
        pages[chunk.page] = before[: chunk.start].ljust(chunk.start, "\n") + body + before[chunk.end :]
    return zlib.compress(json.dumps(sorted(pages.items()), ensure_ascii=False).encode())
