"""Opens files within files: archives, e-mails and mailboxes, to any depth that the limits allow."""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import islice

from services.ingestion.chunking.model import Unreadable
from services.ingestion.formats.archive import zip, zip_safety
from services.ingestion.formats.archive.zip import Member
from services.ingestion.formats.detection import MBOX
from services.ingestion.formats.ole import container


def with_inner(name: str, data: bytes, depth: int) -> Iterator[Member]:
    """An attached file, and what is in it; of an archive only that."""
    inner = _opened(data, depth + 1) if depth < zip.DEPTH else []
    if data and not (inner and data.startswith(b"PK")):
        yield Member(name, len(data), once(data))
    yield from (Member(f"{name}/{one.name}", one.size, one.blocks) for one in inner)


def _opened(data: bytes, depth: int) -> list[Member]:
    """None for what is damaged: it will be refused by itself, and the rest is read."""
    try:
        return list(_within(data, depth))
    except Unreadable as refusal:
        if refusal.reason == "too_complex":
            raise
    except OSError:  # of a message of Outlook's
        pass
    return []


def _within(data: bytes, depth: int) -> Iterator[Member]:
    """What is in an attached archive, or attached to an attached message."""
    if data.startswith(b"PK\x03\x04") and zip_safety.family(data) == "zip":
        yield from zip.members(data, depth)
    elif MBOX.match(data):
        yield from import_module("services.ingestion.formats.email.mbox").letters(data, depth)
    elif data.startswith(container.OLE) and container.family(data) == "msg":
        yield from import_module("services.ingestion.formats.email.msg").members(data, depth)
    elif data.startswith((b"From:", b"Received:", b"Return-Path:")) or b"\nMIME-Version:" in data[:8192]:
        yield from import_module("services.ingestion.formats.email.eml").unpacked(data, depth)


def counted(parts: Iterable[Member]) -> list[Member]:
    """All of them, or `Unreadable` when there are too many."""
    found = list(islice(parts, zip.MEMBERS + 1))
    if len(found) > zip.MEMBERS:
        raise Unreadable("too_complex", f"It holds more than {zip.MEMBERS} attachments. Save them apart.")
    return found


def once(data: bytes) -> Callable[[], Iterator[bytes]]:
    """The bytes of a member that is held whole."""
    return lambda: iter((data,))
