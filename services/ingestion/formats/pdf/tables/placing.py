"""Puts the tables of a page in place of the lines that hold their words."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import pypdfium2

from services.ingestion.formats.invisible import clean
from services.ingestion.formats.pdf.headings import Line
from services.ingestion.formats.pdf.tables.markdown import markdown, whole
from services.ingestion.formats.pdf.tables.page import Found, tables
from services.ingestion.formats.pdf.tables.words import Placed, Word

SECONDS = 10.0  # of the processor's time for one document; pages behind it are read without tables
WORDS = 5000  # of a page; one with more has no table that anybody reads


class Tables:
    """Those of one document, as long as its time lasts."""

    def __init__(self, seconds: float | None = None) -> None:
        self._left = SECONDS if seconds is None else seconds

    def placed(self, page: pypdfium2.PdfPage, lines: list[Line], placed: Placed) -> list[Line]:
        """The lines of a page, and its tables as rows of Markdown where their first words were."""
        if self._left <= 0:
            return lines
        began = time.process_time()
        try:
            words = placed.words()
            found = self.found(page, words, placed.turns) if 0 < len(words) <= WORDS else []
            return _placed(lines, words, found) if found else lines
        finally:
            self._left -= time.process_time() - began

    def found(self, page: pypdfium2.PdfPage, words: Sequence[Word], turns: int) -> list[Found]:
        """The tables of a page."""
        return tables(page, words, turns)


def _placed(lines: Sequence[Line], words: Sequence[Word], found: Sequence[Found]) -> list[Line]:
    taken, first = set[int](), defaultdict[int, list[Found]](list)
    for table in found:
        taken.update(map(id, table.words))
        first[min(word.line for word in table.words)].append(table)
    touched, left = {word.line for table in found for word in table.words}, defaultdict[int, list[Word]](list)
    for word in words:
        if word.line in touched and id(word) not in taken:
            left[word.line].append(word)
    out, start = list[Line](), 0
    for text, line in _read(lines, touched, left, first):
        out.append(Line(start, text, line.size, line.boldness))
        start += len(text) + 1
    return out


def _read(
    lines: Sequence[Line], touched: set[int], left: dict[int, list[Word]], first: dict[int, list[Found]]
) -> Iterator[tuple[str, Line]]:
    """Each text with the line whose type it has. What is left of a line beside a table comes before the table."""
    for n, line in enumerate(lines):
        if n not in touched:
            yield line.text, line
        elif n in left:
            yield clean(whole(" ".join(word.text for word in left[n]))), line
        for table in first.get(n, ()):
            typical = Counter(word.line for word in table.words).most_common(1)[0][0]
            for text in markdown(table.rows):
                yield clean(text), lines[typical]
