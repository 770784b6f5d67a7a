"""Reads bundles of records from messages of the stream or from lines of an archive."""

import base64
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import zstandard

from client.audit.note import InvalidLog

MAGIC = b"\x28\xb5\x2f\xfd"


@dataclass(slots=True)
class Bundle:
    """Consecutive records and the checkpoint after them; `edge` are the tree's hashes before them."""

    first: int
    size: int
    note: str
    leaves: list[bytes]
    hashes: list[bytes]
    edge: list[bytes]
    batch: int = 0


def from_message(headers: Mapping[str, str], body: bytes) -> Bundle:
    """A bundle from a message of the stream AUDIT_LOG or its mirror; `InvalidLog` if it is something else."""
    try:
        note = base64.b64decode(headers["Log-Checkpoint"]).decode()
        numbers = [int(headers[f"Log-{name}"]) for name in ("First", "Size", "Batch")]
        hashes, edge = _hashes(headers.get("Log-Hashes", "")), _hashes(headers.get("Log-Edge", ""))
    except (KeyError, ValueError) as error:
        raise InvalidLog(f"a message of the stream is not a bundle of the log ({error!r})") from error
    return Bundle(numbers[0], numbers[1], note, body.split(b"\n")[:-1], hashes, edge, numbers[2])


def archive_bundles(source: Path | BinaryIO) -> Iterator[Bundle]:
    """The bundles of an archive or an export, compressed (zstd) or not."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield from from_lines(_lines(file), str(source))
    else:
        yield from from_lines(_lines(source), "the input")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    head = file.read(4)
    whole: Any = _PrefixedReader(head, file)
    if head == MAGIC:
        whole = zstandard.ZstdDecompressor().stream_reader(whole, read_across_frames=True)
    try:
        yield from io.BufferedReader(whole, 1 << 20)
    except zstandard.ZstdError as error:
        raise InvalidLog(f"the archive is damaged and cannot be unpacked further ({error})") from error


class _PrefixedReader(io.RawIOBase):
    """The bytes read already, and the rest of the file."""

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
    """Bundles from lines: `{"bundle"` begins one, and the lines after it are its records."""
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
            raise InvalidLog(f"{name} is not an archive of the audit log: it begins with {line[:40]!r}")
        else:
            bundle.leaves.append(line.rstrip(b"\n"))
    if bundle:
        yield bundle
    if not count and promised != 0:
        raise InvalidLog(f"{name} is empty, or was cut before its first record", 1)
    if promised is not None and count != promised:
        raise InvalidLog(f"{name} was cut: it holds {count} of {promised} bundles", bundle.size + 1 if bundle else 1)


def _opened(line: bytes, name: str) -> Bundle:
    try:
        header = json.loads(line)["bundle"]
        numbers = [int(header[key]) for key in ("first", "size", "batch")]
        hashes, edge = _hashes(header["hashes"]), _hashes(header["edge"])
        return Bundle(numbers[0], numbers[1], str(header["checkpoint"]), [], hashes, edge, numbers[2])
    except (KeyError, ValueError, TypeError) as error:
        raise InvalidLog(f"{name} has a damaged line: {line[:60]!r}") from error


def _hashes(text: str) -> list[bytes]:
    data = base64.b64decode(text, validate=True)
    return [data[n : n + 32] for n in range(0, len(data), 32)]
