"""Reads the members of ZIP archives."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module

from services.ingestion.chunking.model import Page, Unreadable
from services.ingestion.formats import charset
from services.ingestion.formats.archive import zip_safety
from services.ingestion.formats.safe_names import Names

# Of one upload, archives within archives included. An inner archive is held in memory whole, so it may be less.
MEMBERS, INFLATED, INNER, DEPTH = 1000, 400 << 20, 64 << 20, 3
BLOCK = 1 << 20
UTF8 = 0x800
LETTERS = (".eml", ".msg", ".mbox")
LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
DEEP = f"It lies more than {DEPTH} archives deep and is not unpacked. Unpack it, and upload what is inside."


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a file: its path there, its size, its bytes block by block."""

    name: str
    size: int
    blocks: Callable[[], Iterator[bytes]]


def members(data: bytes, depth: int = 1, left: int = INFLATED) -> list[Member]:
    """Every file of an archive, in its order, under names that are safe and all different."""
    box = zipfile.ZipFile(io.BytesIO(data))
    left -= zip_safety.check(box, len(data), strict=False)
    if left < 0:
        raise Unreadable("too_complex", zip_safety.BOMB)
    entries = [entry for entry in box.infolist() if not entry.is_dir() and not _is_metadata(entry.filename)]
    names, found = Names(), list[Member]()
    for entry, name in zip(entries, _names(entries), strict=True):
        member = Member(names.new(name), entry.file_size, partial(_blocks, box, entry))
        inner = _inner(member, depth, left)
        left -= sum(one.size for one in inner)
        found += inner or [member]
        if len(found) > MEMBERS:
            raise Unreadable("too_complex", f"It holds more than {MEMBERS} files. Split the archive.")
    return found


def listing(found: list[Member]) -> list[Page]:
    """What an archive says itself: the names of its files."""
    return [Page(1, "\n".join(f"- {member.name}" for member in found))]


def _inner(member: Member, depth: int, left: int) -> list[Member]:
    """The members of an archive in the archive, and a letter with what is attached to it; else none."""
    head, letter = next(member.blocks(), b""), member.name.lower().endswith(LETTERS)
    if not (letter or head.startswith(b"PK\x03\x04")) or depth >= DEPTH or member.size > INNER:
        return []
    data = b"".join(member.blocks())
    if letter:
        return list(import_module("services.ingestion.formats.archive.nested").with_inner(member.name, data, depth))
    try:
        found = members(data, depth + 1, left) if zip_safety.family(data) == "zip" else []
    except Unreadable as refusal:
        if refusal.reason == "too_complex":
            raise
        return []
    return [replace(one, name=f"{member.name}/{one.name}") for one in found]


def _blocks(box: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with box.open(entry) as part:
        while block := part.read(BLOCK):
            yield block


def _is_metadata(name: str) -> bool:
    return name.startswith(LITTER[0]) or name.rpartition("/")[2] in LITTER


def _names(entries: list[zipfile.ZipInfo]) -> list[str]:
    """Names of old archives are in the charset of their maker's machine: all of them together tell which."""
    old = [entry.filename.encode("cp437", "replace") for entry in entries if not entry.flag_bits & UTF8]
    try:
        told = iter(charset.decode(b"\n".join(old)).split("\n") if old else ())
        return [entry.filename if entry.flag_bits & UTF8 else next(told) for entry in entries]
    except (Unreadable, StopIteration):
        return [entry.filename for entry in entries]
