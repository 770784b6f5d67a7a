"""Finds files of the home that other users of this machine may read."""

import stat
import sys
from pathlib import Path


def exposed(home: Path) -> int:
    """The number of files and folders, including `home`, that others may read, write or enter."""
    if sys.platform == "win32":  # permissions are inherited there, and modes mean nothing
        return 0
    return sum(map(_open, (home, *home.rglob("*"))))


def _open(path: Path) -> bool:
    try:
        found = path.lstat().st_mode
    except OSError:
        return False
    return not stat.S_ISLNK(found) and bool(found & 0o077)
