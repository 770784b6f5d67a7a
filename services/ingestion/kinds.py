"""What a file is, by its content; its name only has to agree."""

import re
from pathlib import PurePath

from services.ingestion import containers
from services.ingestion.pages import Unreadable

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "html": "text/html",
    "markdown": "text/markdown",
    "csv": "text/csv",
    "email": "message/rfc822",
    "text": "text/plain",
}
WRITTEN = {"html", "markdown", "csv", "email", "text"}
NAMED = {
    **{"pdf": {"pdf"}, "docx": {"docx"}, "docm": {"docx"}},
    **{"xlsx": {"xlsx"}, "xlsm": {"xlsx"}, "pptx": {"pptx"}, "pptm": {"pptx"}},
    **dict.fromkeys(
        ["txt", "md", "markdown", "html", "htm", "csv", "tsv", "eml", "log", "json", "xml", "yaml", "yml"], WRITTEN
    ),
}
HINTS = {
    "md": "markdown",
    "markdown": "markdown",
    "html": "html",
    "htm": "html",
    "csv": "csv",
    "tsv": "csv",
    "eml": "email",
}
SIGNS = {
    "a program": (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe"),
    "a picture": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*"),
    "a recording": (b"RIFF", b"ID3", b"OggS", b"fLaC"),
    "an archive": (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd"),
    "a database": (b"SQLite format 3",),
    "an RTF document": (b"{\\rtf",),
    "a PostScript document": (b"%!PS",),
}
READABLE = "PDF, DOCX, XLSX, PPTX, HTML, Markdown, text, CSV or EML"
HTML = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.I | re.S)
HEADER = re.compile(
    r"(From|To|Date|Subject|Received|Return-Path|MIME-Version|Message-ID|Delivered-To|Content-Type|X-[\w-]+):[ \t]",
    re.I,
)
MARKDOWN = re.compile(r"^#{1,6} \S", re.M)


def binary(data: bytes) -> str:
    """`pdf`, `docx`, `xlsx`, `pptx`, or `` for what has to be text."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _known(containers.family(data))
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable(
                "encrypted", "The file is protected by a password. Remove the password and upload it again."
            )
        raise _unsupported("an old Office document (before 2007)")
    if words := next((words for words, signs in SIGNS.items() if data.startswith(signs)), ""):
        raise _unsupported(words)
    return ""


def written(text: str, title: str) -> str:
    """Which kind of text it is; between texts the name may decide."""
    if HTML.match(text[:4096]):
        return "html"
    first = text.lstrip().split("\n", 4)[:4]
    if len(first) > 1 and HEADER.match(first[0]) and sum(bool(HEADER.match(line)) for line in first) > 1:
        return "email"
    hint = HINTS.get(suffix(title), "")
    marked = suffix(title) not in NAMED and not text.startswith("#!") and MARKDOWN.search(text[:65536])
    return hint or ("markdown" if marked else "text")


def agree(kind: str, title: str) -> None:
    """`Unreadable` when a name promises something else than the content."""
    ending = suffix(title)
    if ending in NAMED and kind not in NAMED[ending]:
        raise Unreadable(
            "mislabelled", f"The name ends in .{ending} but the content is {kind or 'no text'}. Give it its right name."
        )


def suffix(title: str) -> str:
    """The ending of a file's name, in lower case without its dot."""
    return PurePath(title).suffix.lower().removeprefix(".")


def _known(family: str) -> str:
    if family == "zip":
        raise _unsupported("an archive or a document of another program")
    return family


def _unsupported(words: str) -> Unreadable:
    return Unreadable("unsupported_type", f"It is {words}, which cannot be read here. Save it as {READABLE}.")
