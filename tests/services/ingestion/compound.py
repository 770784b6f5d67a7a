"""A compound file made by hand: the container of Outlook's messages, which no library here writes."""

import struct
from collections.abc import Mapping
from typing import Any

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Tree = Mapping[str, Any]  # name -> bytes of a stream, or the tree of a storage


def compound(tree: Tree) -> bytes:
    """Its bytes; streams below 4,096 bytes lie in the mini stream, as the format wants it."""
    entries = [_entry("Root Entry", 5)]
    _listed(tree, entries, 0)
    chains, mini, minifat, body, fat = list[bytes](), b"", list[int](), b"", list[int]()
    for entry in entries[1:]:
        data = entry["data"]
        if data is None:
            continue
        if 0 < len(data) < CUTOFF:
            entry["start"] = len(minifat)
            mini, minifat = mini + _padded(data, MINI), minifat + _chain(len(minifat), -(-len(data) // MINI))
        elif data:
            entry["start"] = len(fat)
            body, fat = body + _padded(data, SECTOR), fat + _chain(len(fat), -(-len(data) // SECTOR))
    entries[0] |= {"start": len(fat) if mini else END, "data": mini}
    chains = [mini, struct.pack(f"<{len(minifat)}I", *minifat)]
    starts = []
    for part in chains:
        starts.append(len(fat) if part else END)
        padded = _padded(part, SECTOR, b"\xff")
        body, fat = body + padded, fat + _chain(len(fat), len(padded) // SECTOR)
    directory = _padded(b"".join(map(_packed, entries)), SECTOR)
    first, sectors = len(fat), len(directory) // SECTOR
    body, fat = body + directory, fat + _chain(first, sectors)
    table = len(fat)
    count = next(n for n in range(1, 99) if n * SECTOR // 4 >= len(fat) + n)
    fat += [FAT] * count
    body += _padded(struct.pack(f"<{len(fat)}I", *fat), SECTOR, b"\xff")
    head = struct.pack(
        "<8s16x5H6x9I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, count, first, 0, CUTOFF,
        starts[1], -(-len(chains[1]) // SECTOR), END, 0,
    )  # fmt: skip
    places = [*range(table, table + count), *[FREE] * (109 - count)]
    return head + struct.pack("<109I", *places) + body


def _listed(tree: Tree, entries: list[dict[str, Any]], parent: int) -> None:
    """The children of a storage, as a chain of right siblings in the format's own order."""
    before = None
    for name, inside in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
        storage = not isinstance(inside, bytes)
        entries.append(_entry(name, 1 if storage else 2, None if storage else inside))
        here = len(entries) - 1
        if before is None:
            entries[parent]["child"] = here
        else:
            entries[before]["right"] = here
        before = here
        if storage:
            _listed(inside, entries, here)


def _entry(name: str, kind: int, data: bytes | None = None) -> dict[str, Any]:
    return {"name": name, "kind": kind, "data": data, "start": END if data is None else 0, "child": FREE, "right": FREE}


def _packed(entry: dict[str, Any]) -> bytes:
    name = entry["name"].encode("utf-16-le")
    start = 0 if entry["kind"] == 1 else entry["start"]
    return struct.pack(
        "<64sHBBIII36xIQ", name, len(name) + 2, entry["kind"], 1, FREE, entry["right"], entry["child"], start,
        len(entry["data"] or b""),
    )  # fmt: skip


def _chain(first: int, count: int) -> list[int]:
    return [*range(first + 1, first + count), END] if count else []


def _padded(data: bytes, size: int, filler: bytes = b"\0") -> bytes:
    return data + filler * (-len(data) % size)
