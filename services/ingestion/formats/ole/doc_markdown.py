"""Renders old Word files as Markdown: paragraphs, headings, lists, tables, then notes and boxes."""

import re
from collections.abc import Iterator

from services.ingestion.chunking.model import joined
from services.ingestion.formats.invisible import take
from services.ingestion.formats.ole.doc import Word

SHOWN = ("text", "footnotes", "endnotes", "boxes")
CELL, PAGE = "\x07", "\x0c"
END, FIELD = re.compile(r"[\r\x07\x0c]"), re.compile(r"[\x13-\x15]")
FIELD_BEGINS, FIELD_SHOWS = "\x13", "\x14"
LONGEST = 4096  # letters of a field's code: what is longer is text whose field has lost its end
LETTERS = dict.fromkeys(range(32)) | {0x0B: "\n", 0x0E: "\n", 0x09: "\t", 0x1E: "-", 0xA0: " "}
NUMBER_SIGN = re.compile(r"#{1,6}[ \t]")


def pages(data: bytes) -> list[str]:
    """A page ends where its author broke it; what stands at the foot of pages and in boxes follows the last."""
    word = Word(data)
    text, hidden = word.text()
    take("hidden", hidden)
    found: list[list[str]] = [[]]
    for name in SHOWN:
        first, last = word.parts[name]
        # Places in a part count from its beginning; what its fields show takes the place that it had.
        blocks = _Blocks(word, "\0" * first + _shown(text[first:last]))
        for block in blocks.read(first, last):
            if block == PAGE:
                found.append([])
            elif block:
                found[-1].append(block)
    return [joined(blocks) for blocks in found]


class _Blocks:
    """Paragraphs and tables, one after the other."""

    def __init__(self, word: Word, text: str) -> None:
        self._word, self._text = word, text
        self._rows, self._cells, self._cell = list[list[str]](), list[str](), list[str]()

    def read(self, first: int, last: int) -> Iterator[str]:
        """Between two places; a page's end is a block of its own."""
        at = first
        for end in END.finditer(self._text, first, last):
            words, at = _plain(self._text[at : end.start()]), end.end()
            how, mark = self._word.paragraph(end.start()), end[0]
            if how.row_end:
                self._end_row()
            elif mark == CELL:
                self._cells.append(" ".join([*self._cell, words]).strip())
                self._cell.clear()
            elif how.in_table:
                self._cell.append(words)
            else:
                yield self._table()
                yield _marked(words, how.level, how.listed)
            if mark == PAGE and end.start() not in self._word.joined:
                yield PAGE
        yield self._table()
        yield _plain(self._text[at:last])

    def _end_row(self) -> None:
        self._rows.append([cell.replace("\n", " ").replace("|", "\\|") for cell in self._cells])
        self._cells.clear()

    def _table(self) -> str:
        """The table that has ended here; its first row is its head."""
        if self._cells or self._cell:
            self._cells += self._cell
            self._cell.clear()
            self._end_row()
        rows, self._rows = [row for row in self._rows if any(row)], []
        if not rows:
            return ""
        wide = max(map(len, rows))
        lines = [f"| {' | '.join([*row, *[''] * (wide - len(row))])} |" for row in rows]
        return "\n".join([lines[0], f"|{' --- |' * wide}", *lines[1:]])


def _marked(words: str, level: int, listed: bool) -> str:
    if level and words:
        return f"{'#' * min(level, 6)} {' '.join(words.split())}"
    if listed and words:
        return f"- {words}"
    return f"\\{words}" if NUMBER_SIGN.match(words) else words


def _plain(text: str) -> str:
    """Without marks; two halves of a character together again."""
    text = text.translate(LETTERS).strip()
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _shown(text: str) -> str:
    """The same with zeros for the codes of fields: what they show stays."""
    out, last, inside = list[str](), 0, list[bool]()
    for mark in FIELD.finditer(text):
        words = text[last : mark.start()]
        if any(inside) and len(words) > LONGEST:
            inside.clear()
        out += ["\0" * len(words) if any(inside) else words, "\0"]
        last = mark.end()
        if mark[0] == FIELD_BEGINS:
            inside.append(True)
        elif inside and mark[0] == FIELD_SHOWS:
            inside[-1] = False
        elif inside:
            inside.pop()
    return "".join([*out, text[last:]])
