"""Puts what is written in form fields beside their labels: the engine reads it behind the whole page."""

import ctypes
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from pypdfium2 import raw

from services.ingestion.formats.invisible import clean
from services.ingestion.formats.pdf.headings import Line
from services.ingestion.formats.pdf.tables.words import Word

BESIDE = 0.8  # of the type's height: how much higher or lower a label stands than what is beside it
ABOVE = 3.0  # of the type's height: how far a label stands over its field
ROOM = 2.0  # points that a label may reach into its field
FIELDS = 500  # of a page


class Field(NamedTuple):
    """Where a field is, in points."""

    left: float
    bottom: float
    right: float
    top: float

    def has(self, word: Word) -> bool:
        """Whether the word begins in it."""
        return self.left <= word.x0 + ROOM and word.x0 <= self.right and self.bottom <= word.y <= self.top


def field_of(annotation: raw.FPDF_ANNOTATION) -> Field:
    """Where a field's annotation is drawn."""
    box = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, ctypes.byref(box))
    return Field(box.left, min(box.bottom, box.top), box.right, max(box.bottom, box.top))


def beside_labels(
    lines: list[Line], words: Sequence[Word], noted: dict[int, str], fields: Sequence[Field]
) -> list[Line]:
    """The lines of a page, each value behind its label; what has no label stays. `noted` are the lines as they were."""
    written, printed = defaultdict[tuple[int, Field], list[Word]](list), list[Word]()
    for word in words:
        field = next((one for one in fields[:FIELDS] if one.has(word)), None)
        if field:
            written[word.line, field].append(word)
        else:
            printed.append(word)
    mixed = {word.line for word in printed}
    moved, left = defaultdict[int, list[tuple[int, str]]](list), defaultdict[int, list[str]](list)
    for (number, field), value in written.items():
        text = clean(" ".join(word.text for word in value))
        if number in mixed:
            continue
        if label := _label(value[0], field, printed):
            moved[label.line].append((len(noted[label.line][: label.start].split()) + 1, text))
            left[number] += ()
        else:
            left[number].append(text)
    return _joined(lines, moved, left) if moved else lines


def _label(value: Word, field: Field, printed: Sequence[Word]) -> Word | None:
    """The last word left of a value, else the last of the line over its field."""
    near = BESIDE * max(value.size, field.top - field.bottom)
    left = [word for word in printed if abs(word.y - value.y) <= near and word.x1 <= value.x0 + ROOM]
    if left:
        return max(left, key=lambda word: word.x1)
    over = [
        word
        for word in printed
        if 0 <= word.y - field.top <= ABOVE * word.size and field.left - ROOM <= word.x0 <= field.right
    ]
    return min(over, key=lambda word: (word.y, -word.x1), default=None)


def _joined(lines: Sequence[Line], moved: dict[int, list[tuple[int, str]]], left: dict[int, list[str]]) -> list[Line]:
    out, start = list[Line](), 0
    for number, line in enumerate(lines):
        if left.get(number) == []:
            continue
        text = " ".join(left[number]) if number in left else line.text
        if number in moved:
            words = text.split()
            for place, value in sorted(moved[number], reverse=True):
                words.insert(place, value)
            text = " ".join(words)
        out.append(replace(line, start=start, text=text))
        start += len(text) + 1
    return out
