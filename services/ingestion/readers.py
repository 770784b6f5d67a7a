"""Bytes in, pages out: which reader is whose, and what each has to load before the process is locked."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from services.ingestion import charset
from services.ingestion.kinds import MBOX, agree, binary, written
from services.ingestion.legacy import OLE
from services.ingestion.media import BOXES, PICTURES, READABLE
from services.ingestion.pages import Page, Unreadable

if TYPE_CHECKING:
    from services.ingestion.archives import Member

Recognised = dict[int, list[tuple[str, float]]]
WHAT = re.compile(r"It is (an? [\w ]+), which cannot be read here")
OFFICE = re.compile(rb"(?:word|xl|ppt)/|mimetype")
LETTERS = ("mail", "mbox", "outlook")
READERS = ("archives", "mbox", "office", "outlook", "pdf", "plain", "typesetting", "written")
STRUCTURED = {"html", "csv"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What is in a file: pages, files within it, and the pages that are pictures of text."""

    kind: str
    pages: list[Page]
    parts: "list[Member]" = field(default_factory=list)
    scans: list[int] = field(default_factory=list)


def read(data: bytes, title: str, recognised: Recognised) -> Reading:
    """A file by its content; `recognised` is the text of pages that are pictures, where it is known."""
    if not data:
        raise Unreadable("empty", f"The file is empty. Upload a {READABLE} file that holds text.")
    kind = checked(data, title)
    if kind == "pdf":
        pages, scans = _found("pdf", "pdf")(data, recognised)
        return Reading(kind, pages, scans=scans)
    if kind in PICTURES:
        return Reading(kind, _found("typesetting", "recognised")(recognised), scans=[] if recognised else [1])
    if kind in BOXES:
        parts = _found(*("archives", "members") if kind == "zip" else ("mbox", "mbox"))(data)
        return Reading(kind, _found("archives", "listing")(parts), parts)
    if kind == "msg":
        return Reading(kind, _found("outlook", "msg")(data), _found("outlook", "attachments")(data))
    return Reading(kind, _found("office", kind)(data)) if kind else _text(data, title)


def _text(data: bytes, title: str) -> Reading:
    text = charset.decode(data)
    kind = written(text, title)
    agree(kind, title)
    if kind == "email":
        return Reading(kind, _found("mail", "mail")(data, text), _found("mail", "attachments")(data, text))
    return Reading(
        kind, _found("written" if kind in STRUCTURED else "plain", "plain" if kind == "text" else kind)(text)
    )


def checked(data: bytes, title: str) -> str:
    """The kind of a binary file, `` for text. A false name is worse than an unknown content, and said first."""
    try:
        kind = binary(data)
    except Unreadable as refusal:
        if named := WHAT.match(refusal.error):
            agree(named[1], title)
        raise
    if kind:
        agree(kind, title)
    return kind


def load() -> None:
    """Every reader, in about a tenth of a second; none is started."""
    for name in READERS:
        import_module(f"services.ingestion.{name}")


def warm(data: bytes, title: str) -> None:
    """Load what this file's kind will need, and let it start its threads: an import costs more than most files."""
    if data.startswith(b"PK"):
        _warmed("containers", "archives", "written", "office", *() if OFFICE.search(data[-65536:]) else LETTERS)
    elif data.startswith((OLE, b"{\\rtf")):
        _warmed("written", "office", *LETTERS)
    elif b"%PDF-" in data[:1024]:
        import_module("services.ingestion.pdf")
    else:
        _warmed("plain", "typesetting")
        # Without its zeros UTF-16 shows its markup too.
        kind = (
            "email"
            if MBOX.match(data)
            else written(data[:4096].replace(b"\0", b"").decode("latin-1").lstrip("ÿþï»¿"), title)
        )
        if kind in STRUCTURED or kind == "email":
            _warmed("written", *LETTERS * (kind == "email"))
        elif not charset.utf8(data):
            charset.warm()


def _warmed(*names: str) -> None:
    for name in names:
        getattr(import_module(f"services.ingestion.{name}"), "warm", _nothing)()


def _nothing() -> None:
    return None


def _found(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module(f"services.ingestion.{module}"), name)
    return found
