"""Keeps files private to the service user: umask, and repair of an open home."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keep_private() -> None:
    """First in every program: what it and its children make, nobody else may read."""
    os.umask(OTHERS)


def exposed(home: Path) -> Iterator[Path]:
    """What in the home, itself included, others may read, write or enter. Links are not followed."""
    if sys.platform == "win32":  # rights are inherited from the folder there, and modes say nothing
        return
    for path in (home, *_below(home)):
        with suppress(FileNotFoundError):
            found = path.lstat()
            if not stat.S_ISLNK(found.st_mode) and found.st_mode & OTHERS:
                yield path


def mend(home: Path) -> list[Path]:
    """Make the home, and take from others what they may do in it; returns what belongs to somebody else."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    foreign = []
    for path in exposed(home):
        with suppress(FileNotFoundError):
            try:
                os.chmod(path, path.lstat().st_mode & 0o7777 & ~OTHERS, follow_symlinks=False)
            except (PermissionError, NotImplementedError):
                foreign.append(path)
    return foreign


def _below(home: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(home):
        yield from (Path(folder, name) for name in (*folders, *files))
