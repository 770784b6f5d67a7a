"""Reads rich text: decoded to Unicode, without hidden, white or zero-size text."""

import codecs
import re
from typing import NamedTuple

from services.ingestion.chunking.model import Page
from services.ingestion.formats.invisible import take
from services.ingestion.formats.markup.markdown_pages import generated

SIGNS = re.compile(rb"\\v\b|\\fs[0-3]\b|\\red255\\green255\\blue255|\\[bi](?![a-z])")
# Bold and italics would come out as marks in the middle of words.
STRESS = {b"b", b"i"}
# A group's edge, a word with its number, a letter in hexadecimal, another sign, text.
PARTS = re.compile(rb"([{}])|\\([a-z]{1,32})(-?\d{1,10})? ?|(\\'[0-9a-fA-F]{2})|\\[^a-z]|[^\\{}]+", re.S | re.I)
COLOURS = re.compile(rb"\{\\colortbl([^{}]*)\}")
WHITE = re.compile(rb"\\red255\s*\\green255\s*\\blue255")
# A font's number and the charset of its letters, where that is not Western; letters of others are the whole file's.
FONT = re.compile(rb"\\f(\d{1,5})(?:\\[a-z]+-?\d*| |\{[^{}]{0,200}\})*?\\fcharset(\d{1,3})\b")
CHARSETS = {
    128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255",
    178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
# Ends of cells and rows of a table within a cell, and what is for readers that know none.
NESTED = re.compile(rb"\\nest(cell|row)\b ?|\{\\nonesttables[^{}]{0,1000}\}")
MOST = 8  # letters instead of one in Unicode: other programs write one or two
SHADES = (b"highlight", b"cb", b"chcbpat", b"cbpat", b"clcbpat")


class Type(NamedTuple):
    """How the words of a group are set; `instead` letters follow each one in Unicode for those who do not know it."""

    hidden: bool = False
    white: bool = False
    shaded: bool = False
    tiny: bool = False
    font: int = -1
    instead: int = 1

    @property
    def unseen(self) -> bool:
        return self.hidden or self.tiny or (self.white and not self.shaded)


def rtf(data: bytes) -> list[Page]:
    """The pages of a rich text file."""
    flat = NESTED.sub(
        lambda sign: b"" if sign[1] is None else b"\\tab " if sign[1] == b"cell" else b"\\line ", visible(data)
    )
    return generated(flat, "rtf")


def visible(data: bytes) -> bytes:
    """The file itself when it has nothing of that, and no font a charset of its own."""
    charsets = {int(font): CHARSETS[int(told)] for font, told in FONT.findall(data) if int(told) in CHARSETS}
    if not charsets and not SIGNS.search(data):
        return data
    whites, now, outer, out, letters = _whites(data), Type(), list[Type](), list[bytes](), _Letters(charsets)
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
        elif word not in STRESS:
            out.append(letters.unicode(part, now))
    return b"".join(out)


class _Letters:
    """Letters given as bytes, in the charset of the font that they are set in."""

    def __init__(self, charsets: dict[int, str]) -> None:
        self._readers = {font: codecs.getincrementaldecoder(name)("replace") for font, name in charsets.items()}
        self._skip = 0

    def unicode(self, part: "re.Match[bytes]", now: Type) -> bytes:
        """A part of the file, with its letters by their numbers in Unicode."""
        edge, word, _, letter = part.groups()
        told: bytes = part[0]
        if edge or word:
            self._skip = now.instead if word == b"u" else 0 if edge else self._skip
            return told
        if self._skip:
            self._skip = max(0, self._skip - (1 if letter else len(told)))
            return told
        reader = self._readers.get(now.font)
        if reader and letter:
            return _numbered(reader.decode(bytes([int(told[2:], 16)])), now)
        if reader and reader.getstate()[0]:
            # The second byte of a letter may be a plain one, or one that has to be marked.
            at = int(told.startswith(b"\\"))
            return _numbered(reader.decode(told[at : at + 1]), now) + told[at + 1 :]
        return told


def _numbered(text: str, now: Type) -> bytes:
    units, instead = text.encode("utf-16-le"), b"?" * now.instead or b" "
    numbers = (int.from_bytes(units[n : n + 2], "little", signed=True) for n in range(0, len(units), 2))
    return b"".join(b"\\u%d%s" % (number, instead) for number in numbers)


def _set(now: Type, word: bytes, number: int, numbered: bool, whites: set[int]) -> Type:
    match word:
        case b"plain":
            return Type(instead=now.instead)
        case b"f":
            return now._replace(font=number if numbered else 0)
        case b"uc":
            return now._replace(instead=min(max(number, 0), MOST) if numbered else 1)
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
