"""Checks the folder of all state before anything is started in it."""

import shutil
import sys
from pathlib import Path

from shared.errors import NotReady
from shared.security.privacy import mend

LEAST = 100_000_000  # bytes: an empty home takes half of them, and a file mapped on a full disk ends its process
WRITE = "The folder {} cannot be written ({}). Set CLOISTER_HOME to a folder of your own on a disk that is writable."
ROOM = "The disk of {} has {:.0f} MB left, and at least {:.0f} are needed. Make room, or set CLOISTER_HOME to another."


def require_home(home: Path) -> None:
    """Make it, and keep it private; `NotReady` when it cannot be written or its disk is full."""
    try:
        foreign = mend(home)
        probe = home / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise NotReady(WRITE.format(home, error.strerror)) from error
    if (free := shutil.disk_usage(home).free) < LEAST:
        raise NotReady(ROOM.format(home, free / 1e6, LEAST / 1e6))
    for path in foreign[:1]:
        print(f"{path} belongs to somebody else, and others may read it: chown it to this user.", file=sys.stderr)
