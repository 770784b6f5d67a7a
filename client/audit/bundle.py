"""Bundles of records as they come: a message of the stream, or lines of an archive."""

import base64
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import zstandard

from client.audit.note import Broken

MAGIC = b"\x28\xb5\x2f\xfd"


@dataclass(slots=True)
class Bundle:
    """Some records and the checkpoint after them; `edge` are the hashes before them."""

    first: int
    size: int
    note: str
    leaves: list[bytes]
    hashes: list[bytes]
    edge: list[bytes]
    batch: int = 0


def from_message(headers: Mapping[str, str], body: bytes) -> Bundle:
    """A message of the stream AUDIT_LOG or its mirror; `Broken` when it is something else."""
    try:
        note = base64.b64decode(headers["Log-Checkpoint"]).decode()
        numbers = [int(headers[f"Log-{name}"]) for name in ("First", "Size", "Batch")]
        hashes, edge = _hashes(headers.get("Log-Hashes", "")), _hashes(headers.get("Log-Edge", ""))
    except (KeyError, ValueError) as error:
        raise Broken(f"a message of the stream is no bundle of the log ({error!r})") from error
    return Bundle(numbers[0], numbers[1], note, body.split(b"\n")[:-1], hashes, edge, numbers[2])


def archive_bundles(source: Path | BinaryIO) -> Iterator[Bundle]:
    """The bundles of an archive or an export, compressed (zstd) or not; `-` reads standard input outside."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield from from_lines(_lines(file), str(source))
    else:
        yield from from_lines(_lines(source), "the input")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    head = file.read(4)
    whole: Any = _Joined(head, file)
    if head == MAGIC:
        whole = zstandard.ZstdDecompressor().stream_reader(whole, read_across_frames=True)
    try:
        yield from io.BufferedReader(whole, 1 << 20)
    except zstandard.ZstdError as error:
        raise Broken(f"the archive is damaged and cannot be unpacked further ({error})") from error


class _Joined(io.RawIOBase):
    """What was read already, and the rest."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head, self._file = head, file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head[: len(buffer)] or self._file.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def from_lines(lines: Iterable[bytes], name: str) -> Iterator[Bundle]:
    """Bundles from lines: one that begins with `{"bundle"` opens the next, the others are its records."""
    bundle: Bundle | None = None
    promised, count = None, 0
    for line in lines:
        if line.startswith(b'{"bundle"'):
            if bundle:
                yield bundle
            bundle, count = _opened(line, name), count + 1
        elif line.startswith(b'{"archive"'):
            promised = int(json.loads(line)["archive"]["bundles"])
        elif bundle is None:
            raise Broken(f"{name} is no archive of the audit log: it begins with {line[:40]!r}")
        else:
            bundle.leaves.append(line.rstrip(b"\n"))
    if bundle:
        yield bundle
    if not count and promised != 0:
        raise Broken(f"{name} is empty, or was cut before its first record", 1)
    if promised is not None and count != promised:
        raise Broken(f"{name} was cut: it holds {count} of {promised} bundles", bundle.size + 1 if bundle else 1)


def _opened(line: bytes, name: str) -> Bundle:
    try:
        told = json.loads(line)["bundle"]
        numbers = [int(told[key]) for key in ("first", "size", "batch")]
        hashes, edge = _hashes(told["hashes"]), _hashes(told["edge"])
        return Bundle(numbers[0], numbers[1], str(told["checkpoint"]), [], hashes, edge, numbers[2])
    except (KeyError, ValueError, TypeError) as error:
        raise Broken(f"{name} has a damaged line: {line[:60]!r}") from error


def _hashes(text: str) -> list[bytes]:
    data = base64.b64decode(text, validate=True)
    return [data[n : n + 32] for n in range(0, len(data), 32)]
