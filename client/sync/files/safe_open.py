"""Opens a file below a folder without following links, so that nobody can lead the watcher out of the folder."""

import errno
import os
import stat
from pathlib import Path
from typing import IO, NamedTuple

ELSEWHERE = "The path contains a link, or is not a regular file"


class FileIdentity(NamedTuple):
    """Identifies a file independently of its name."""

    device: int
    inode: int


def identity(found: os.stat_result) -> FileIdentity:
    """The identity in a stat result."""
    return FileIdentity(found.st_dev, found.st_ino)


def open_inside(folder: Path, path: str, seen: FileIdentity | None = None) -> IO[bytes]:
    """Open for reading. OSError (ELOOP) if a part of `path` (with `/`) is a link, if it is not a regular file, or if it
    is not the file that was `seen`."""
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
    """Open each part relative to the one before, so that a link swapped in between is not followed."""
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        # Opening a pipe would block.
        return os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    except NotADirectoryError as error:  # Linux's error for a link where a folder is expected
        raise OSError(errno.ELOOP, ELSEWHERE, error.filename) from error
    finally:
        os.close(at)


def _walk(folder: Path, parts: list[str]) -> int:
    """For Windows, which cannot open relative to an open folder: check for links after opening."""
    path = folder.joinpath(*parts)
    links = [folder.joinpath(*parts[:n]) for n in range(1, len(parts) + 1)]
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    if any(link.is_symlink() for link in links) or identity(path.lstat()) != identity(os.fstat(file)):
        os.close(file)
        raise OSError(errno.ELOOP, ELSEWHERE, str(path))
    return file
