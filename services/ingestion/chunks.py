"""Pages in, chunks out: pieces of one page that keep to sections, sentences and whole table rows."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from services.ingestion.pages import Heading, Page

# 1,200 Latin letters, or 600 of the scripts where a character is a syllable or a word.
BUDGET = 1200
OVERLAP = 160
WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
# Where a text may be cut, best place first: after a sentence or paragraph, a line, a clause, a word.
CUTS = (
    re.compile(r"\n\s*\n|[。！？；…]+[”’』」）》\"')]*\n?|[.!?][\"')”]*\s+"),
    re.compile(r"\n"),
    re.compile(r"[，、：,;:]\s*"),
    re.compile(r"\s+"),
)
RULE = re.compile(r"^\|(\s*:?-+:?\s*\|)+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` is `page.text[start:end]`, after a repeated table header where the table began in an earlier piece."""

    n: int
    text: str
    page: int
    heading: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unit:
    """What is never cut further: a sentence or a table row. `bare`: a heading and no more."""

    start: int
    end: int
    weight: int
    path: tuple[str, ...]
    section: int
    header: str = ""
    bare: bool = False


def split(pages: Iterable[Page], budget: int = BUDGET) -> Iterator[Piece]:
    """The pieces of a document in order, numbered from 0; a heading holds until the next of its level, over pages too."""
    n = 0
    path: list[tuple[int, str]] = []
    for page in pages:
        units: list[Unit] = []
        for number, (start, end, heading) in enumerate(_sections(page)):
            if heading:
                path = [(level, title) for level, title in path if level < heading.level] + [
                    (heading.level, heading.title)
                ]
            units += _units(page.text, start, end, tuple(title for _, title in path), number, budget)
        for group in _packed(units, budget):
            if piece := _piece(n, page, group):
                yield piece
                n += 1


def weight(text: str) -> int:
    """How much of the budget a text takes."""
    return len(text) + len(WIDE.findall(text))


def _sections(page: Page) -> Iterator[tuple[int, int, Heading | None]]:
    starts = [heading.start for heading in page.headings] + [len(page.text)]
    if starts[0] > 0:
        yield 0, starts[0], None
    for heading, end in zip(page.headings, starts[1:], strict=True):
        yield heading.start, end, heading


def _units(text: str, start: int, end: int, path: tuple[str, ...], section: int, budget: int) -> Iterator[Unit]:
    bare = bool(path) and "\n" not in text[start:end].strip()
    for first, last, header in _tables(text, start, end):
        # A row is cut only when it fills a whole piece; a sentence when it fills half of one.
        whole = header is not None
        sentences = [(first, last)] if whole else _parts(text, first, last, CUTS[0])
        for sentence in sentences:
            for a, b in _cut(text, *sentence, budget if whole else budget // 2):
                yield Unit(a, b, weight(text[a:b]), path, section, header or "", bare)


def _tables(text: str, start: int, end: int) -> Iterator[tuple[int, int, str | None]]:
    """Runs of text (no header) and single table rows (with the header to repeat above them)."""
    rows = [(m.start(), m.end()) for m in re.compile(r"[^\n]*\n|[^\n]+").finditer(text, start, end)]
    head, plain = "", start
    for i, (a, b) in enumerate(rows):
        if text[a] != "|":
            head = ""
            continue
        if plain < a and not (i and text[rows[i - 1][0]] == "|"):
            yield plain, a, None
        fresh = not head and i + 1 < len(rows) and RULE.match(text[slice(*rows[i + 1])].strip())
        ruled = bool(head) and bool(RULE.match(text[a:b].strip()))
        yield a, b, "" if fresh or ruled else head
        head, plain = (text[a : rows[i + 1][1]] if fresh else head), b
    if plain < end:
        yield plain, end, None


def _parts(text: str, start: int, end: int, sign: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    places = [match.end() for match in sign.finditer(text, start, end)]
    return ((a, b) for a, b in zip([start, *places], [*places, end], strict=True) if a < b)


def _cut(text: str, start: int, end: int, most: int, level: int = 1) -> Iterator[tuple[int, int]]:
    if weight(text[start:end]) <= most:
        yield start, end
    elif level == len(CUTS):
        yield from ((at, min(at + most // 2, end)) for at in range(start, end, most // 2))
    else:
        for a, b in _parts(text, start, end, CUTS[level]):
            yield from _cut(text, a, b, most, level + 1)


def _packed(units: list[Unit], budget: int) -> Iterator[list[Unit]]:
    group: list[Unit] = []
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


def _tail(group: list[Unit], following: Unit, budget: int) -> list[Unit]:
    """The last sentences of a piece, repeated before what follows in the same section."""
    kept, size, most = len(group), 0, min(OVERLAP, budget - following.weight)
    while kept > 1 and not group[kept - 1].header and group[kept - 1].section == following.section:
        size += group[kept - 1].weight
        if size > most:
            break
        kept -= 1
    return [] if following.header else group[kept:]


def _piece(n: int, page: Page, group: list[Unit]) -> Piece | None:
    start, end = group[0].start, group[-1].end
    body = page.text[start:end]
    start, end = start + len(body) - len(body.lstrip()), end - len(body) + len(body.rstrip())
    if start >= end or not re.search(r"\w", body):
        return None
    header = group[0].header
    return Piece(n, header + page.text[start:end], page.number, _shared(group), start, end)


def _shared(group: list[Unit]) -> tuple[str, ...]:
    """The path that all text of a piece lies under, or else that of most of it."""
    sizes: Counter[tuple[str, ...]] = Counter()
    for unit in group:
        sizes[unit.path] += 0 if unit.bare else unit.weight
    told = [path for path, size in sizes.items() if size] or list(sizes)
    same = tuple(part[0] for part in takewhile(lambda part: len(set(part)) == 1, zip(*told, strict=False)))
    return same or max(told, key=sizes.__getitem__)
