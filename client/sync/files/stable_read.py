"""Reads a file completely or not at all. A file that is still being written is left for later."""

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

from client.sync.files.safe_open import FileIdentity, open_inside
from client.sync.files.scanner import FileStamp

IN_MEMORY = 8 * 1024 * 1024
BLOCK = 1024 * 1024


@dataclass
class FileCopy:
    """A consistent copy of a file, positioned at the start."""

    stamp: FileStamp
    sha256: str
    file: IO[bytes]


@contextmanager
def stable_copy(folder: Path, path: str, seen: FileIdentity | None = None) -> Iterator[FileCopy | None]:
    """A copy; None if the file is gone, in use, changed while it was read, or is not the file that was `seen`."""
    try:
        source = open_inside(folder, path, seen)
    except FileNotFoundError:
        yield None
        return
    except PermissionError:
        # On Windows another program may have locked the file; elsewhere a permission is missing.
        if sys.platform == "win32":
            yield None
            return
        raise
    except OSError as error:
        # Replaced by a link since the scan: the next scan finds no file of this name.
        if error.errno != errno.ELOOP:
            raise
        yield None
        return
    with source, SpooledTemporaryFile(IN_MEMORY) as kept:
        yield None if _written(source.fileno()) else _read(folder, path, source, kept)


def _read(folder: Path, path: str, source: IO[bytes], kept: "SpooledTemporaryFile[bytes]") -> FileCopy | None:
    before, digest = stamp_of(os.fstat(source.fileno())), hashlib.sha256()
    while block := source.read(BLOCK):
        digest.update(block)
        kept.write(block)
    with suppress(OSError), open_inside(folder, path) as again:
        # Size and time did not change, and the name still refers to the file that was read.
        if (
            before == stamp_of(os.fstat(source.fileno())) == stamp_of(os.fstat(again.fileno()))
            and kept.tell() == before.size
        ):
            kept.seek(0)
            return FileCopy(before, digest.hexdigest(), kept)
    return None


def stamp_of(found: os.stat_result) -> FileStamp:
    """The stamp in a stat result."""
    return FileStamp(found.st_size, found.st_mtime_ns, found.st_ino)


def _written(descriptor: int) -> bool:
    """Whether a process has it open for writing: Linux then grants no read lease on our own local files."""
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
    """Ignore SIGIO: a lease broken in the microsecond in which it is held would end the process."""
    if sys.platform == "linux" and current_thread() is main_thread():
        signal.signal(signal.SIGIO, signal.SIG_IGN)
