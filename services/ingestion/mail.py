"""E-mail in, its text and its attachments out."""

from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from services.ingestion import archives, charset, containers
from services.ingestion.archives import Member
from services.ingestion.names import Names
from services.ingestion.pages import Page, Unreadable
from services.ingestion.plain import markdown, plain
from services.ingestion.written import unstyled

HEADERS = ("Subject", "From", "To", "Cc", "Date")
SAMPLE = b"""Subject: =?gb2312?B?xOO6ww==?=
From: a@b.c
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/html; charset=gbk

<p>\xc4\xe3</p>
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
    """Let the libraries load what they load once: where a parser runs, nothing can be opened later."""
    mail(SAMPLE, "")
    attachments(SAMPLE, "")
    containers.warm()


def mail(data: bytes, text: str) -> list[Page]:
    """A message: its headers, its text, the names of its attachments."""
    message = _message(data if b"\0" not in data else text.encode())
    if message is None:
        return plain(text)
    head = [f"{name}: {message[name]}" for name in HEADERS if message[name]]
    names = [member.name for member in _attached(message)]
    foot = [f"Attachments: {', '.join(names)}"] if names else []
    subject = " ".join(str(message["Subject"] or "").split())
    return markdown("\n".join([f"# {subject}"] * bool(subject) + head + ["", _body(message), "", *foot]))


def attachments(data: bytes, text: str) -> list[Member]:
    """The files that came with a message; of an attached archive or message those that are in it too."""
    message = _message(data if b"\0" not in data else text.encode())
    found = list(_unpacked(message, 1)) if message else []
    if len(found) > archives.MEMBERS:
        raise Unreadable("too_complex", f"It holds more than {archives.MEMBERS} attachments. Save them apart.")
    return found


def _unpacked(message: EmailMessage, depth: int) -> Iterator[Member]:
    for member in _attached(message):
        data = b"".join(member.blocks())
        inner = list(_within(data, depth)) if depth < archives.DEPTH else []
        if not (inner and data.startswith(b"PK")):
            yield member
        yield from (Member(f"{member.name}/{one.name}", one.size, one.blocks) for one in inner)


def _within(data: bytes, depth: int) -> Iterator[Member]:
    """What is in an attached archive, or attached to an attached message."""
    if data.startswith(b"PK\x03\x04") and containers.family(data) == "zip":
        yield from archives.members(data, depth + 1)
    elif data.startswith(b"From:") or b"\nMIME-Version:" in data[:8192]:
        nested = _message(data)
        yield from _unpacked(nested, depth + 1) if nested else ()


def _attached(message: EmailMessage) -> Iterator[Member]:
    """Attached files; the pictures of its layout are none."""
    names, body = Names(), message.get_body(("plain", "html"))
    for part in _parts(message):
        name, data = part.get_filename() or "", _bytes(part)
        shown = bool(part["Content-ID"]) and part.get_content_disposition() != "attachment"
        if data and not shown and part is not body and (name or part.get_content_type() == "message/rfc822"):
            yield Member(names.new(name or f"{_subject(part)}.eml"), len(data), _once(data))


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The leaves of a message; what is attached to an attached message is not this one's."""
    for part in message.iter_parts():
        if isinstance(part, EmailMessage):
            yield from _parts(part) if part.get_content_maintype() == "multipart" else (part,)


def _once(data: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: iter((data,))


def _subject(part: EmailMessage) -> str:
    return " ".join(str(part.get_content()["Subject"] or "message").split()).replace("/", " ")[:100]


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
