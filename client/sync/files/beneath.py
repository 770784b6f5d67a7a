"""A file below a folder, opened without a link on the way: who may write there does not lead us out of it."""

import errno
import os
import stat
from pathlib import Path
from typing import IO, NamedTuple

ELSEWHERE = "A link or another thing that is no plain file is on the way to it"


class Identity(NamedTuple):
    """Which file it is, whatever its name."""

    device: int
    inode: int


def identity(found: os.stat_result) -> Identity:
    """A file's identity."""
    return Identity(found.st_dev, found.st_ino)


def opened(folder: Path, path: str, seen: Identity | None = None) -> IO[bytes]:
    """For reading. OSError (ELOOP) when a part of `path` (with `/`) is a link, it is no plain file, or another than
    the one that was `seen`."""
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise OSError(errno.ELOOP, ELSEWHERE, path)
    file = os.fdopen(_descend(folder, parts) if os.open in os.supports_dir_fd else _walk(folder, parts), "rb")
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode) or (seen and identity(found) != seen):
        file.close()
        raise OSError(errno.ELOOP, ELSEWHERE, path)
    return file


def _descend(folder: Path, parts: list[str]) -> int:
    """Part by part, each below the one before: what is swapped in between is not followed."""
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        # A pipe in the place of a file would keep us waiting.
        return os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    except NotADirectoryError as error:  # what Linux says of a link where a folder is asked for
        raise OSError(errno.ELOOP, ELSEWHERE, error.filename) from error
    finally:
        os.close(at)


def _walk(folder: Path, parts: list[str]) -> int:
    """Windows: links are looked for before and after, as it opens nothing below an open folder."""
    path = folder.joinpath(*parts)
    links = [folder.joinpath(*parts[:n]) for n in range(1, len(parts) + 1)]
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    if any(link.is_symlink() for link in links) or identity(path.lstat()) != identity(os.fstat(file)):
        os.close(file)
        raise OSError(errno.ELOOP, ELSEWHERE, str(path))
    return file
