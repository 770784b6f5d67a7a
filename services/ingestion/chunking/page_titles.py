"""Finds the title of a page in its first lines, where its type does not tell."""

import re
from collections import Counter
from collections.abc import Sequence

from services.ingestion.chunking.model import Page, lines, titled
from shared.language import han_characters

LEVEL = 2.5  # under a report's numbered item, above a line in bold type
FEW = 2  # pages need no telling apart
TOP = 5  # lines of a page that may call it something
RUNNING = 0.2  # of the pages: a line at the top of so many is a running header and tells none of them apart
WIDEST, WIDEST_HAN = 100, 24  # characters of a caption; a longer line is prose that goes on in the next
WORD = re.compile(r"[^\W\d_]{4,}")
PROSE = re.compile(r"[.;:,，。；：、](\s|$)|[.]{3}|^[(\[（•\-–—*|]")


def captions(pages: Sequence[Page]) -> dict[int, str]:
    """Page number -> what it is called: `Consolidated Balance Sheets` over every piece of that page."""
    tops = {page.number: _top(page) for page in pages} if len(pages) > FEW else {}
    often = Counter(line for top in tops.values() for line in {_plain(line) for line in top})
    most = max(2, RUNNING * len(pages))
    found = {}
    for number, top in tops.items():
        own = (line for line in top if often[_plain(line)] <= most)
        if called := [titled(line) for line in own if _called(line)][:2]:
            found[number] = " · ".join(called)
    return found


def _top(page: Page) -> list[str]:
    """The first lines above the page's first heading."""
    first = page.headings[0].start if page.headings else len(page.text)
    told = (line.strip() for start, line in lines(page.text[: TOP * 400]) if start < first)
    return [line for line in told if line][:TOP]


def _plain(line: str) -> str:
    return re.sub(r"\d+", "#", line.casefold())


def _called(line: str) -> bool:
    words = WORD.findall(line)
    widest = WIDEST_HAN if han_characters(line) else WIDEST
    if not words or len(line) > widest or PROSE.search(line) or sum(map(str.isdigit, line)) > 4:
        return False
    return not any(word[0].islower() for word in words)
