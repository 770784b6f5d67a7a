"""Chooses the reader of a file and loads what readers need before their process is confined."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from services.ingestion.chunking.model import Page, Unreadable
from services.ingestion.formats import charset
from services.ingestion.formats.archive import zip, zip_safety
from services.ingestion.formats.archive.zip import Member
from services.ingestion.formats.detection import MBOX, agree, binary, written
from services.ingestion.formats.email import eml, msg
from services.ingestion.formats.email.mbox import mbox
from services.ingestion.formats.epub import epub
from services.ingestion.formats.markup import html_csv
from services.ingestion.formats.markup.text import markdown, plain
from services.ingestion.formats.media_types import BOXES, PICTURES, READABLE
from services.ingestion.formats.odf.readers import odp, ods, odt
from services.ingestion.formats.ofd import ofd
from services.ingestion.formats.ole.container import OLE
from services.ingestion.formats.ole.readers import doc, ppt, xls
from services.ingestion.formats.ooxml.docx import docx
from services.ingestion.formats.ooxml.pptx import pptx
from services.ingestion.formats.ooxml.xlsx import xlsx
from services.ingestion.formats.pdf import headings
from services.ingestion.formats.pdf.reader import pdf
from services.ingestion.formats.rtf import rtf

Recognised = dict[int, list[tuple[str, float]]]
WHAT = re.compile(r"It is (an? [\w ]+), which cannot be read here")
# The reader of each binary format; media_types.py has its media type and endings.
READERS: dict[str, Callable[[bytes], list[Page]]] = {
    "docx": docx,
    "xlsx": xlsx,
    "pptx": pptx,
    "doc": doc,
    "xls": xls,
    "ppt": ppt,
    "odt": odt,
    "ods": ods,
    "odp": odp,
    "rtf": rtf,
    "epub": epub,
    "ofd": ofd,
}
STRUCTURED = {"html": html_csv.html, "csv": html_csv.csv}
TEXTS = STRUCTURED | {"markdown": markdown, "text": plain}


@dataclass(frozen=True, slots=True)
class Reading:
    """What is in a file: pages, files within it, and the pages that are pictures of text."""

    kind: str
    pages: list[Page]
    parts: list[Member] = field(default_factory=list)
    scans: list[int] = field(default_factory=list)


def read(data: bytes, title: str, recognised: Recognised) -> Reading:
    """A file by its content; `recognised` is the text of pages that are pictures, where it is known."""
    if not data:
        raise Unreadable("empty", f"The file is empty. Upload a {READABLE} file that holds text.")
    kind = checked(data, title)
    if kind == "pdf":
        pages, scans = pdf(data, recognised)
        return Reading(kind, pages, scans=scans)
    if kind in PICTURES:
        return Reading(kind, headings.recognised(recognised), scans=[] if recognised else [1])
    if kind in BOXES:
        parts = zip.members(data) if kind == "zip" else mbox(data)
        return Reading(kind, zip.listing(parts), parts)
    if kind == "msg":
        return Reading(kind, msg.msg(data), msg.attachments(data))
    return Reading(kind, READERS[kind](data)) if kind else _text(data, title)


def _text(data: bytes, title: str) -> Reading:
    text = charset.decode(data)
    kind = written(text, title)
    agree(kind, title)
    if kind == "email":
        return Reading(kind, eml.mail(data, text), eml.attachments(data, text))
    return Reading(kind, TEXTS[kind](text))


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
    """Let the libraries load what they load once, in a quarter of a second: where files are read nothing is opened."""
    charset.warm()
    zip_safety.warm()
    eml.warm()


def start(data: bytes, title: str) -> None:
    """Start what renders markup, where this file may need it: its threads stay behind when a process is forked."""
    if data.startswith((b"PK", OLE, b"{\\rtf")) or MBOX.match(data):
        html_csv.start()
    elif b"%PDF-" not in data[:1024]:
        # Without its zeros UTF-16 shows its markup too.
        begin = data[:4096].replace(b"\0", b"").decode("latin-1").lstrip("ÿþï»¿")
        if written(begin, title) in {*STRUCTURED, "email"}:
            html_csv.start()
