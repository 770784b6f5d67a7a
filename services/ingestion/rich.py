"""Rich text in, the same without the words that its author hid: hidden, white, or of no size."""

import re
from typing import NamedTuple

from services.ingestion.unseen import take

SIGNS = re.compile(rb"\\v\b|\\fs[0-3]\b|\\red255\\green255\\blue255")
# A group's edge, a word with its number, a letter in hexadecimal, another sign, text.
PARTS = re.compile(rb"([{}])|\\([a-z]{1,32})(-?\d{1,10})? ?|(\\'[0-9a-fA-F]{2})|\\[^a-z]|[^\\{}]+", re.S | re.I)
COLOURS = re.compile(rb"\{\\colortbl([^{}]*)\}")
WHITE = re.compile(rb"\\red255\s*\\green255\s*\\blue255")
SHADES = (b"highlight", b"cb", b"chcbpat", b"cbpat", b"clcbpat")


class Type(NamedTuple):
    """How the words of a group are set."""

    hidden: bool = False
    white: bool = False
    shaded: bool = False
    tiny: bool = False

    @property
    def unseen(self) -> bool:
        return self.hidden or self.tiny or (self.white and not self.shaded)


def visible(data: bytes) -> bytes:
    """The file itself when nothing in it is hidden."""
    if not SIGNS.search(data):
        return data
    whites, now, outer, out = _whites(data), Type(), list[Type](), list[bytes]()
    for part in PARTS.finditer(data):
        edge, word, number, letter = part.groups()
        if edge == b"{":
            outer.append(now)
        elif edge:
            now = outer.pop() if outer else Type()
        elif word:
            now = _set(now, word, int(number or 1), number is not None, whites)
        hides = now.unseen and not edge and (word == b"u" or (not word and (letter or part[0][:1] != b"\\")))
        if hides:
            take("hidden", 1 if word or letter else len(b"".join(part[0].split())))
        else:
            out.append(part[0])
    return b"".join(out)


def _set(now: Type, word: bytes, number: int, numbered: bool, whites: set[int]) -> Type:
    match word:
        case b"plain":
            return Type()
        case b"v":
            return now._replace(hidden=not numbered or number != 0)
        case b"fs":
            return now._replace(tiny=number <= 3)
        case b"cf":
            return now._replace(white=number in whites if numbered else False)
        case _ if word in SHADES:
            return now._replace(shaded=numbered and number != 0)
    return now


def _whites(data: bytes) -> set[int]:
    """The numbers of the colours that are white."""
    table = COLOURS.search(data)
    return {n for n, one in enumerate(table[1].split(b";")) if WHITE.search(one)} if table else set()
