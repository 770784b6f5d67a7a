"""Splits pages into chunks along sections, sentences and whole table rows."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from services.ingestion.chunking.model import Heading, Page
from services.ingestion.chunking.page_titles import LEVEL, captions
from services.ingestion.chunking.segments import Segment, units, weight

# 1,200 Latin letters, or 600 of the scripts where a character is a syllable or a word.
BUDGET = 1200
OVERLAP = 160


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` is `page.text[start:end]`, after a repeated table header where the table began in an earlier piece."""

    n: int
    text: str
    page: int
    heading: tuple[str, ...]
    start: int
    end: int
    sections: tuple[tuple[str, ...], ...] = ()


def split(pages: Iterable[Page], budget: int = BUDGET) -> Iterator[Piece]:
    """The pieces in order, numbered from 0; a heading holds until the next of its level, over pages too."""
    n = 0
    path: list[tuple[float, str]] = []
    pages = list(pages)
    called = captions(pages)
    for page in pages:
        found: list[Segment] = []
        path = _opened(path, called.get(page.number))
        for number, (start, end, heading) in enumerate(_sections(page)):
            if heading:
                path = [*(above for above in path if above[0] < heading.level), (heading.level, heading.title)]
            found += units(page.text, start, end, tuple(title for _, title in path), number, budget)
        for group in _packed(found, budget):
            if piece := _piece(n, page, group):
                yield piece
                n += 1


def _opened(path: list[tuple[float, str]], caption: str | None) -> list[tuple[float, str]]:
    """The path at the top of a page: the caption of the page before has ended, and its own begins."""
    path = list(takewhile(lambda above: above[0] != LEVEL, path))
    return [*(above for above in path if above[0] < LEVEL), (LEVEL, caption)] if caption else path


def _sections(page: Page) -> Iterator[tuple[int, int, Heading | None]]:
    starts = [heading.start for heading in page.headings] + [len(page.text)]
    if starts[0] > 0:
        yield 0, starts[0], None
    for heading, end in zip(page.headings, starts[1:], strict=True):
        yield heading.start, end, heading


def _packed(units: list[Segment], budget: int) -> Iterator[list[Segment]]:
    group: list[Segment] = []
    size = 0
    for unit in units:
        # A section begins its own piece, unless what came before is too little to be found.
        parted = bool(group) and unit.section != group[-1].section and size >= budget // 4
        if group and (parted or size + unit.weight > budget):
            yield group
            group = [] if parted else _tail(group, unit, budget)
            size = sum(kept.weight for kept in group) + (0 if group else weight(unit.header))
        group.append(unit)
        size += unit.weight
    if group:
        yield group


def _tail(group: list[Segment], following: Segment, budget: int) -> list[Segment]:
    """The last sentences of a piece, repeated before what follows in the same section."""
    kept, size, most = len(group), 0, min(OVERLAP, budget - following.weight)
    while kept > 1 and not group[kept - 1].header and group[kept - 1].section == following.section:
        size += group[kept - 1].weight
        if size > most:
            break
        kept -= 1
    return [] if following.header else group[kept:]


def _piece(n: int, page: Page, group: list[Segment]) -> Piece | None:
    start, end = group[0].start, group[-1].end
    body = page.text[start:end]
    start, end = start + len(body) - len(body.lstrip()), end - len(body) + len(body.rstrip())
    if start >= end or not re.search(r"\w", body):
        return None
    header = group[0].header
    shared, paths = _shared(group), tuple(dict.fromkeys(unit.path for unit in group))
    sections = () if paths == (shared,) else paths
    return Piece(n, header + page.text[start:end], page.number, shared, start, end, sections)


def _shared(group: list[Segment]) -> tuple[str, ...]:
    """The path that all text of a piece lies under, or else that of most of it."""
    sizes: Counter[tuple[str, ...]] = Counter()
    for unit in group:
        sizes[unit.path] += 0 if unit.bare else unit.weight
    told = [path for path, size in sizes.items() if size] or list(sizes)
    same = tuple(part[0] for part in takewhile(lambda part: len(set(part)) == 1, zip(*told, strict=False)))
    return same or max(told, key=sizes.__getitem__)
