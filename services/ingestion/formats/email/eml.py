"""Reads the text and the attachments of an e-mail (EML)."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from services.ingestion.chunking.model import Page
from services.ingestion.formats import charset
from services.ingestion.formats.archive.nested import counted, once, with_inner
from services.ingestion.formats.archive.zip import Member
from services.ingestion.formats.email.calendar import events
from services.ingestion.formats.markup.html_csv import unstyled
from services.ingestion.formats.markup.text import markdown, plain
from services.ingestion.formats.safe_names import Names

RAW = re.compile("[\udc80-\udcff]")
HEADERS = ("Subject", "From", "To", "Cc", "Date")
SAMPLE = b"""Subject: =?gb2312?B?xOO6ww==?=
From: a@b.c
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain; charset=gbk

\xc4\xe3
--b
Content-Type: message/rfc822

From: a@b.c
Subject: =?utf-8?q?a?=
Content-Transfer-Encoding: quoted-printable

=3D
--b
Content-Type: text/plain
Content-Disposition: attachment; filename*=utf-8''%E4%BD%A0
Content-Transfer-Encoding: base64

AA==
--b--
"""


def warm() -> None:
    """Let the library load what it loads once: where a parser runs, nothing can be opened later."""
    mail(SAMPLE, "")
    attachments(SAMPLE, "")


def mail(data: bytes, text: str) -> list[Page]:
    """A message: its headers, its text, the names of its attachments."""
    message = _message(data if b"\0" not in data else text.encode())
    if message is None:
        return plain(text)
    head = [f"{name}: {text}" for name in HEADERS if (text := _header(message, name))]
    body = "\n\n".join(filter(None, (_body(message).strip(), *_invitations(message))))
    return pages(_header(message, "Subject"), head, body, [member.name for member in _attached(message)])


def _header(message: EmailMessage, name: str) -> str:
    """Its words; bytes that no standard allows there are in the charset of the message."""
    given = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    if RAW.search(given):
        return " ".join(charset.decode(given.encode("utf-8", "surrogateescape")).split())
    return " ".join(str(message[name] or "").split())


def _invitations(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() == "text/calendar" and part.get_content_disposition() != "attachment":
            raw = part.get_payload(decode=True)
            yield events(charset.decode(raw)) if isinstance(raw, bytes) and raw else ""


def pages(subject: str, head: list[str], body: str, names: list[str]) -> list[Page]:
    """A message as it is read: its subject is a heading, what came with it is named at its end."""
    foot = [f"Attachments: {', '.join(names)}"] if names else []
    return markdown("\n".join([f"# {subject}"] * bool(subject) + head + ["", body, "", *foot]))


def attachments(data: bytes, text: str) -> list[Member]:
    """The files that came with a message; of an attached archive or message those that are in it too."""
    return counted(unpacked(data if b"\0" not in data else text.encode(), 1))


def unpacked(data: bytes, depth: int) -> Iterator[Member]:
    """What is attached to a message, `depth` files deep, and what is in it."""
    message = _message(data)
    for member in _attached(message) if message else ():
        yield from with_inner(member.name, b"".join(member.blocks()), depth)


def _attached(message: EmailMessage) -> Iterator[Member]:
    """Attached files; the pictures of its layout are none."""
    names, body = Names(), message.get_body(("plain", "html"))
    for part in _parts(message):
        name, data = part.get_filename() or "", _bytes(part)
        shown = bool(part["Content-ID"]) and part.get_content_disposition() != "attachment"
        if data and not shown and part is not body and (name or part.get_content_type() == "message/rfc822"):
            yield Member(
                names.new(name or f"{named(str(part.get_content()['Subject'] or ''))}.eml"), len(data), once(data)
            )


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The leaves of a message; what is attached to an attached message is not this one's."""
    for part in message.iter_parts():
        if isinstance(part, EmailMessage):
            yield from _parts(part) if part.get_content_maintype() == "multipart" else (part,)


def subject_of(data: bytes) -> str:
    """A message's subject as the name of a file."""
    message = _message(data)
    return named(str(message["Subject"] or "")) if message else named("")


def named(subject: str) -> str:
    """A subject as the name of a file."""
    return " ".join(subject.split()).replace("/", " ")[:100] or "message"


def _bytes(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        return bytes(part.get_content().as_bytes())
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _message(data: bytes) -> EmailMessage | None:
    found = message_from_bytes(data, policy=policy.default)
    return found if isinstance(found, EmailMessage) else None


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    raw = part.get_payload(decode=True)
    if part.get_content_charset() in (None, "us-ascii", "gb2312"):
        # What is declared without thought: these three are also written over GBK and UTF-8.
        words = charset.decode(raw) if isinstance(raw, bytes) and raw else ""
    else:
        words = str(part.get_content())
    return unstyled(words) if part.get_content_subtype() == "html" else words
