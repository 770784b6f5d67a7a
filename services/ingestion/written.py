"""Texts of a structure in, pages out: HTML, CSV and mail."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import kreuzberg

from services.ingestion import charset
from services.ingestion.pages import Page
from services.ingestion.plain import LINK, PICTURE, markdown, plain
from services.ingestion.unseen import clean

TITLE = re.compile(r"\A---\n+(?:## )?title: ([^\n]*)\n(?:[^\n]+\n)*(?:---\n)?")
HEADERS = ("Subject", "From", "To", "Cc", "Date")


def warm() -> None:
    """Let the libraries start what they start once: where a parser runs, nothing can be opened later."""
    charset.warm()
    rendered(b"<p>.</p>", "text/html")
    mail(b"Subject: =?gb2312?B?xOO6ww==?=\nFrom: a@b.c\nContent-Type: text/html; charset=gbk\n\n<p>\xc4\xe3</p>", "")


def html(text: str) -> list[Page]:
    """HTML as Markdown: no scripts, styles, links or pictures."""
    return markdown(_html(text))


def csv(text: str) -> list[Page]:
    """Comma, semicolon or tab separated values as one table."""
    return markdown(rendered(clean(text).encode(), "text/csv"))


def mail(data: bytes, text: str) -> list[Page]:
    """A message: its headers, its text, the names of its attachments."""
    message = message_from_bytes(data if b"\0" not in data else text.encode(), policy=policy.default)
    if not isinstance(message, EmailMessage):
        return plain(text)
    head = [f"{name}: {message[name]}" for name in HEADERS if message[name]]
    attached = [name for part in message.iter_attachments() if (name := part.get_filename())]
    foot = [f"Attachments: {', '.join(attached)}"] if attached else []
    subject = " ".join(str(message["Subject"] or "").split())
    return markdown("\n".join([f"# {subject}"] * bool(subject) + head + ["", _body(message), "", *foot]))


def rendered(data: bytes, media: str, **options: Any) -> str:
    """A file of `media` type as Markdown."""
    return kreuzberg.extract_bytes_sync(data, media, quiet(**options)).content


def quiet(**options: Any) -> kreuzberg.ExtractionConfig:
    """Extraction that reads and writes nothing but its input."""
    settings: dict[str, Any] = {
        "output_format": "markdown",
        "use_cache": False,
        "disable_ocr": True,
        "enable_quality_processing": False,
    }
    return kreuzberg.ExtractionConfig(**(settings | options))


def _html(text: str) -> str:
    # The declared charset is the file's; what the reader gets is UTF-8 already.
    found = rendered(clean(text).encode(), "text/html")
    return LINK.sub(r"\1", PICTURE.sub(r"\1", TITLE.sub(r"# \1\n\n", found)))


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    raw = part.get_payload(decode=True)
    words = charset.decode(raw) if isinstance(raw, bytes) and raw else ""
    if part.get_content_charset() not in (None, "us-ascii", "gb2312"):
        words = str(part.get_content())
    return _html(words) if part.get_content_subtype() == "html" else words
