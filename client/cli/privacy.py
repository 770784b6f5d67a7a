"""A home that others of this machine may look into."""

import stat
import sys
from pathlib import Path


def exposed(home: Path) -> int:
    """How many of its files and folders, itself included, others may read, write or enter."""
    if sys.platform == "win32":  # rights are inherited from the folder there, and modes say nothing
        return 0
    return sum(map(_open, (home, *home.rglob("*"))))


def _open(path: Path) -> bool:
    try:
        found = path.lstat().st_mode
    except OSError:
        return False
    return not stat.S_ISLNK(found) and bool(found & 0o077)
