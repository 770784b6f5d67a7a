"""Reads the text and the attachments of an Outlook message (MSG)."""

import re
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from olefile import OleFileIO

from services.ingestion.chunking.model import Page
from services.ingestion.formats import charset
from services.ingestion.formats.archive import zip
from services.ingestion.formats.archive.nested import counted, once, with_inner
from services.ingestion.formats.archive.zip import Member
from services.ingestion.formats.email import eml
from services.ingestion.formats.markup.html_csv import rendered, unstyled
from services.ingestion.formats.media_types import MEDIA
from services.ingestion.formats.ole.container import opened
from services.ingestion.formats.safe_names import Names

# The properties' numbers, as MS-OXPROPS gives them.
CODE_PAGES = (0x3FFD, 0x3FDE)
SUBJECT, SENDER, ADDRESS, TO, CC, SENT = 0x0037, 0x0C1A, 0x5D01, 0x0E04, 0x0E03, 0x0039
PLAIN, HTML, FILE, SHORT, BYTES, HIDDEN = 0x1000, 0x1013, 0x3707, 0x3704, 0x3701, 0x7FFE
WORDS, OLD_WORDS, BINARY, MESSAGE = "001F", "001E", "0102", "000D"
FACTS, ATTACHED, ROOT_HEAD, HEAD = "__properties_version1.0", "__attach_version1.0_#", 32, 8
# The other reader's own lines for what `head` says.
REPEATED = re.compile(r"\A(?:(?:Subject: .*|\*\*[\w ]+\*\*: .*)(?:\n+|\Z))+")
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
Place = tuple[str, ...]


def msg(data: bytes) -> list[Page]:
    """Its headers, its text, the names of its attachments."""
    with opened(data) as box:
        note = Note(box, ())
        # Without either there is only RTF in a packing of its own, which the other reader knows.
        body = note.body or REPEATED.sub("", rendered(data, MEDIA["msg"])).strip()
        return eml.pages(note.subject, note.head, body, [name for name, _ in note.attached()])


def attachments(data: bytes) -> list[Member]:
    """The files that came with it; of an attached archive or message those that are in it too."""
    return counted(members(data, 1))


def members(data: bytes, depth: int) -> Iterator[Member]:
    """The same, `depth` files deep."""
    with opened(data) as box:
        yield from Note(box, ()).members(depth)


class Note:
    """One message of the file: the whole, or one that is attached to another."""

    def __init__(self, box: OleFileIO, place: Place) -> None:
        self._box, self._place = box, place

    @property
    def subject(self) -> str:
        """In one line."""
        return " ".join(self._words(SUBJECT).split())

    @property
    def head(self) -> list[str]:
        """The headers that an e-mail would show."""
        sender = " ".join(f"{self._words(SENDER)} <{self._words(ADDRESS)}>".replace("<>", "").split())
        sent = self._number(SENT, self._place, HEAD if self._place else ROOT_HEAD)
        date = format_datetime(EPOCH + timedelta(microseconds=sent // 10)) if sent else ""
        told = {"Subject": self.subject, "From": sender, "To": self._words(TO), "Cc": self._words(CC), "Date": date}
        return [f"{name}: {' '.join(words.split())}" for name, words in told.items() if words.strip()]

    @property
    def body(self) -> str:
        """Its text as Markdown."""
        if words := self._words(PLAIN):
            return words
        markup = self._stream(f"{HTML:04X}{BINARY}")
        return unstyled(charset.decode(markup)) if markup else unstyled(self._words(HTML))

    def attached(self) -> Iterator[tuple[str, Place]]:
        """Name and place of each file; the pictures of its layout are none."""
        names, depth = Names(), len(self._place)
        found = {tuple(path[: depth + 1]) for path in self._box.listdir() if tuple(path[:depth]) == self._place}
        for place in sorted(place for place in found if place[-1].startswith(ATTACHED)):
            if not self._number(HIDDEN, place, HEAD):
                yield names.new(self._name(place)), place

    def members(self, depth: int) -> Iterator[Member]:
        """As files: an attached message as an e-mail, followed by what is attached to it."""
        for name, place in self.attached():
            inner = self._inner(place)
            if inner is None:
                yield from with_inner(name, self._stream(f"{BYTES:04X}{BINARY}", place), depth)
                continue
            data = inner.email()
            yield Member(name, len(data), once(data))
            for one in inner.members(depth + 1) if depth < zip.DEPTH else ():
                yield Member(f"{name}/{one.name}", one.size, one.blocks)

    def email(self) -> bytes:
        """The message without its attachments, as an e-mail."""
        message = EmailMessage()
        for line in self.head:
            name, _, words = line.partition(": ")
            message[name] = words
        message.set_content(self.body)
        return message.as_bytes()

    def _inner(self, place: Place) -> "Note | None":
        """An attached message: other programs' objects lie in the same place, without properties."""
        inner = (*place, f"__substg1.0_{BYTES:04X}{MESSAGE}")
        return Note(self._box, inner) if self._box.exists("/".join((*inner, FACTS))) else None

    def _name(self, place: Place) -> str:
        if inner := self._inner(place):
            return f"{eml.named(inner.subject)}.eml"
        return self._words(FILE, place) or self._words(SHORT, place) or "attachment"

    def _words(self, number: int, place: Place | None = None) -> str:
        new, old = (self._stream(f"{number:04X}{kind}", place) for kind in (WORDS, OLD_WORDS))
        return new.decode("utf-16-le", "replace") if new else self._old(old) if old else ""

    def _old(self, words: bytes) -> str:
        """Words of a message without Unicode: it names a code page, and often another one than it is in."""
        told = [self._number(number, self._place, HEAD if self._place else ROOT_HEAD) for number in CODE_PAGES]
        return charset.lenient(words, [f"cp{page}" for page in told if page])

    def _stream(self, name: str, place: Place | None = None) -> bytes:
        path = "/".join((*(self._place if place is None else place), f"__substg1.0_{name}"))
        if not self._box.exists(path):
            return b""
        found: bytes = self._box.openstream(path).read()
        return found

    def _number(self, number: int, place: Place, head: int) -> int:
        """A property of fixed size: 16 bytes each, its number in the upper half of the first four."""
        path = "/".join((*place, FACTS))
        facts = self._box.openstream(path).read()[head:] if self._box.exists(path) else b""
        whole = len(facts) - len(facts) % 16
        return next((value for tag, _, value in struct.iter_unpack("<IIQ", facts[:whole]) if tag >> 16 == number), 0)
