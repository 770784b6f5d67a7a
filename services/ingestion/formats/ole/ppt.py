"""Parses old PowerPoint files by [MS-PPT]: the newest save's directory, in the order of the show."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from services.ingestion.formats.ole.container import opened

STREAM, USER, DEEP, SAVES = "PowerPoint Document", "Current User", 16, 1000
CONTAINER = 0xF
# Kinds of records.
SLIDE, LIST, PLACE, NOTES, OF_SLIDE, SHOW = 0x03EE, 0x0FF0, 0x03F3, 0x03F0, 0x03F1, 0x03F9
HEAD, WIDE, NARROW = 0x0F9F, 0x0FA0, 0x0FA8
# Which list is which, how the show leaves a slide out, what kind of text is a title or a note.
OF_SLIDES, OF_NOTES, LEFT_OUT, TITLES, NOTE = 0, 2, 0x0004, (0, 6), 2
MASTER = 0x03F8
BREAKS = {0x0D: "\n", 0x0B: "\n"}
# A field's place: the slide's number, a date.
FIELD = "*"


class Record(NamedTuple):
    """A record: its instance, kind, and where its inside lies."""

    instance: int
    kind: int
    first: int
    last: int
    within: bool


class Slide(NamedTuple):
    """Its words, with the title as a heading, the speaker's notes, and whether the show leaves it out."""

    words: str
    notes: str
    hidden: bool


class Show:
    """One file's stream."""

    def __init__(self, data: bytes) -> None:
        with opened(data) as box:
            self._stream: bytes = box.openstream(STREAM).read()
            user = box.openstream(USER).read() if box.exists(USER) else b""
        self._saved = _number(user, 16)

    def slides(self) -> list[Slide]:
        """In the order of the show; in that of the file, where it has no directory."""
        places, document = self._directory()
        lists = {one.instance: one for one in self._inside(places.get(document)) if one.kind == LIST}
        notes = dict(self._notes(places, lists.get(OF_NOTES)))
        found = [
            Slide("\n\n".join(filter(None, (outline, self._words(slide)))), notes.get(id, ""), self._left_out(slide))
            for place, id, outline in self._listed(lists.get(OF_SLIDES))
            if (slide := self._record(places.get(place))) is not None
        ]
        return found or [Slide(self._words(one), "", False) for one in self._all(0, len(self._stream), SLIDE)]

    def _directory(self) -> tuple[dict[int, int], int]:
        """Where the newest version of each numbered record is, and the number of the document's."""
        places, document, at = dict[int, int](), 0, self._saved
        for _ in range(SAVES):
            save = self._record(at) if at else None
            if save is None:
                break
            document = document or _number(self._stream, save.first + 16)
            if table := self._record(_number(self._stream, save.first + 12)):
                places = dict(self._places(table)) | places
            at = _number(self._stream, save.first + 8)
        return places, document

    def _places(self, table: Record) -> Iterator[tuple[int, int]]:
        at = table.first
        while at + 4 <= table.last:
            told = _number(self._stream, at)
            count = min(told >> 20, (table.last - at) // 4 - 1)
            for n in range(count):
                yield (told & 0xFFFFF) + n, _number(self._stream, at + 4 + 4 * n)
            at += 4 + 4 * count

    def _listed(self, found: Record | None) -> Iterator[tuple[int, int, str]]:
        """The number of each slide's record, its own number, and the words that stand in the list itself."""
        place = id = head = -1
        texts: list[str] = []
        for one in [*self._inside(found.first - 8), None] if found else ():
            if one is None or one.kind == PLACE:
                if place >= 0:
                    yield place, id, "\n\n".join(filter(None, texts))
                if one:
                    place, id, texts = _number(self._stream, one.first), _number(self._stream, one.first + 12), []
            elif one.kind == HEAD:
                head = _number(self._stream, one.first)
            elif one.kind in (WIDE, NARROW):
                texts.append(_marked(self._text(one), head))

    def _notes(self, places: dict[int, int], found: Record | None) -> Iterator[tuple[int, str]]:
        """What is said, by the number of its slide."""
        for place, _, _ in self._listed(found):
            inside = self._inside(places.get(place))
            for of in (_number(self._stream, one.first) for one in inside if one.kind == OF_SLIDE):
                page = self._record(places.get(place))
                yield of, self._words(page, only=NOTE) if page else ""

    def _words(self, slide: Record, only: int | None = None) -> str:
        texts, head = list[str](), -1
        for one in self._all(slide.first, slide.last, HEAD, WIDE, NARROW):
            if one.kind == HEAD:
                head = _number(self._stream, one.first)
            elif only in (None, head):
                texts.append(_marked(self._text(one), head))
        return "\n\n".join(filter(None, texts))

    def _left_out(self, slide: Record) -> bool:
        show = next((one for one in self._inside(slide.first - 8) if one.kind == SHOW), None)
        return show is not None and bool(_number(self._stream, show.first + 10) & LEFT_OUT)

    def _text(self, one: Record) -> str:
        data = self._stream[one.first : one.last]
        text = data.decode("utf-16-le", "replace") if one.kind == WIDE else data.decode("latin-1")
        return text.translate(BREAKS).strip()

    def _record(self, at: int | None) -> Record | None:
        if at is None or at + 8 > len(self._stream):
            return None
        head, kind, size = struct.unpack_from("<HHI", self._stream, at)
        last = min(at + 8 + size, len(self._stream))
        return Record(head >> 4, kind, at + 8, last, head & CONTAINER == CONTAINER)

    def _inside(self, at: int | None) -> Iterator[Record]:
        """The records within the one that begins there."""
        whole = self._record(at)
        place = whole.first if whole else 0
        while whole and place + 8 <= whole.last and (one := self._record(place)):
            yield one
            place = one.last

    def _all(self, first: int, last: int, *kinds: int, depth: int = 0) -> Iterator[Record]:
        """Those of these kinds, however deep; not within masters and notes of which they are no part."""
        while first + 8 <= last and (one := self._record(first)):
            if one.kind in kinds:
                yield one
            elif one.within and one.kind not in (MASTER, NOTES) and depth < DEEP:
                yield from self._all(one.first, min(one.last, last), *kinds, depth=depth + 1)
            first = one.last


def _marked(text: str, head: int) -> str:
    if text == FIELD:
        return ""
    return f"## {' '.join(text.split())}" if head in TITLES and text else text


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")
