"""A file in, its bytes whole or not at all: what somebody still writes is left until later."""

import errno
import hashlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from threading import current_thread, main_thread
from typing import IO

from client.sync.files.beneath import Identity, opened
from client.sync.files.scanner import Stamp

IN_MEMORY = 8 * 1024 * 1024
PIECE = 1024 * 1024


@dataclass
class Copy:
    """The bytes of one moment, to be read from the start."""

    stamp: Stamp
    sha256: str
    file: IO[bytes]


@contextmanager
def copied(folder: Path, path: str, seen: Identity | None = None) -> Iterator[Copy | None]:
    """None when it is gone, in use, changed while it was read, or no longer the file that was `seen`."""
    try:
        source = opened(folder, path, seen)
    except FileNotFoundError:
        yield None
        return
    except PermissionError:
        # Windows refuses what another program holds; elsewhere it is a right that is missing.
        if sys.platform == "win32":
            yield None
            return
        raise
    except OSError as error:
        # Swapped for a link since the look: the next look finds no file of this name.
        if error.errno != errno.ELOOP:
            raise
        yield None
        return
    with source, SpooledTemporaryFile(IN_MEMORY) as kept:
        yield None if _written(source.fileno()) else _read(folder, path, source, kept)


def _read(folder: Path, path: str, source: IO[bytes], kept: "SpooledTemporaryFile[bytes]") -> Copy | None:
    before, digest = stamped(os.fstat(source.fileno())), hashlib.sha256()
    while piece := source.read(PIECE):
        digest.update(piece)
        kept.write(piece)
    with suppress(OSError), opened(folder, path) as again:
        # Read to the end what the size promised, and the name still stands for what was read.
        if (
            before == stamped(os.fstat(source.fileno())) == stamped(os.fstat(again.fileno()))
            and kept.tell() == before.size
        ):
            kept.seek(0)
            return Copy(before, digest.hexdigest(), kept)
    return None


def stamped(found: os.stat_result) -> Stamp:
    """A file's stamp."""
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino)


def _written(descriptor: int) -> bool:
    """Does somebody have it open for writing? Linux knows for local files of ours: it gives no read lease then."""
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    return False


def unbroken() -> None:
    """A lease that is broken in the microsecond in which it is held ends no process."""
    if sys.platform == "linux" and current_thread() is main_thread():
        signal.signal(signal.SIGIO, signal.SIG_IGN)
