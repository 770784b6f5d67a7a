"""Splits text into the sentences and table rows that chunks are made of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
# Where a text may be cut, best place first: after a sentence or paragraph, a line, a clause, a word.
CUTS = (
    re.compile(r"\n\s*\n|[。！？；…]+[”’』」）》\"')]*\n?|[.!?][\"')”]*\s+"),
    re.compile(r"\n"),
    re.compile(r"[，、：,;:]\s*"),
    re.compile(r"\s+"),
)
ROWS = re.compile(r"[^\n]*\n|[^\n]+")
# Between the cells of a row: they take no room that words need.
BARS = re.compile(r"[\s|]*\|[\s|]*|-{3,}")
RULE = re.compile(r"^\|(\s*:?-+:?\s*\|)+$")


@dataclass(frozen=True, slots=True)
class Segment:
    """What is never cut further: a sentence or a table row. `bare`: a heading and no more."""

    start: int
    end: int
    weight: int
    path: tuple[str, ...]
    section: int
    header: str = ""
    bare: bool = False


def units(text: str, start: int, end: int, path: tuple[str, ...], section: int, budget: int) -> Iterator[Segment]:
    """One section's, in order; `path` is its headings, `section` its number on the page."""
    bare = bool(path) and "\n" not in text[start:end].strip()
    for first, last, header in _tables(text, start, end):
        # A row is cut only when it fills a whole piece; a sentence when it fills half of one.
        whole = header is not None
        sentences = [(first, last)] if whole else _parts(text, first, last, CUTS[0])
        for sentence in sentences:
            for a, b in _cut(text, *sentence, budget if whole else budget // 2):
                held = weight(BARS.sub(" ", text[a:b]) if whole else text[a:b])
                yield Segment(a, b, held, path, section, _repeated(header, budget), bare)


def _tables(text: str, start: int, end: int) -> Iterator[tuple[int, int, str | None]]:
    """Runs of text (no header) and single table rows (with the header to repeat above them)."""
    if text.find("|", start, end) < 0:
        if start < end:
            yield start, end, None
        return
    rows = [(m.start(), m.end()) for m in ROWS.finditer(text, start, end)]
    head, plain = "", start
    for i, (a, b) in enumerate(rows):
        if text[a] != "|":
            head = ""
            continue
        if plain < a:
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


def weight(text: str) -> int:
    """How much of the budget a text takes."""
    return len(text) if text.isascii() else len(text) + len(WIDE.findall(text))


def _repeated(header: str | None, budget: int) -> str:
    # A header that fills a third of a piece costs more than it tells.
    return header if header and weight(header) <= budget // 3 else ""
