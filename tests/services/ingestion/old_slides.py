"""Slides of before 2007, made by hand: no library here writes them."""

import struct
from typing import NamedTuple

from tests.services.ingestion.compound import compound

DOCUMENT, SLIDE, NOTES, LIST, PLACE, SHOW, OF, HEAD, WORDS, SAVE, TABLE = (
    0x03E8, 0x03EE, 0x03F0, 0x0FF0, 0x03F3, 0x03F9, 0x03F1, 0x0F9F, 0x0FA0, 0x0FF5, 0x1772,
)  # fmt: skip
MASTER, DRAWING = 0x03F8, 0xF00D


class Card(NamedTuple):
    """A slide: its title stands in the document's list, its text on itself."""

    title: str
    text: str
    notes: str = ""
    hidden: bool = False


def record(kind: int, inside: bytes, *, container: bool = False, instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4 | 0xF * container, kind, len(inside)) + inside


def words(text: str, head: int) -> bytes:
    return record(HEAD, struct.pack("<I", head)) + record(WORDS, text.encode("utf-16-le"))


def slide(card: Card) -> bytes:
    show = record(SHOW, struct.pack("<IIBBHI", 0, 0, 0, 0, 4 * card.hidden, 0))
    return record(SLIDE, show + record(DRAWING, words(card.text, 4), container=True), container=True)


def old_slides(*cards: Card, order: tuple[int, ...] = (), stale: str = "") -> bytes:
    """The file, with its cards in this order of the show; `stale` is what an older save left behind."""
    master = record(MASTER, words("单击此处编辑母版文本样式", 1), container=True)
    stream, places = master + (slide(Card("", stale)) if stale else b""), dict[int, int]()
    lists = {0: b"", 2: b""}
    for n in order or range(len(cards)):
        lists[0] += record(PLACE, struct.pack("<5I", 10 + n, 0, 1, 256 + n, 0)) + words(cards[n].title, 0)
    for n, card in enumerate(cards):
        places[10 + n], stream = len(stream), stream + slide(card)
        if card.notes:
            said = record(OF, struct.pack("<II", 256 + n, 0)) + record(DRAWING, words(card.notes, 2), container=True)
            lists[2] += record(PLACE, struct.pack("<5I", 50 + n, 0, 0, 0, 0))
            places[50 + n], stream = len(stream), stream + record(NOTES, said, container=True)
    told = b"".join(record(LIST, inside, container=True, instance=n) for n, inside in lists.items())
    places[1], stream = len(stream), stream + record(DOCUMENT, told, container=True)
    table = b"".join(struct.pack("<II", 1 << 20 | id, at) for id, at in places.items())
    at, stream = len(stream), stream + record(TABLE, table)
    save, stream = len(stream), stream + record(SAVE, struct.pack("<6I", 0, 0, 0, at, 1, 0))
    return compound({"PowerPoint Document": stream, "Current User": struct.pack("<2H4I", 0, 0x0FF6, 20, 20, 0, save)})
