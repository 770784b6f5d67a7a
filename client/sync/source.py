"""A folder and where it goes."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from client.cli.credentials import home
from client.sync.files.scanner import Wanted
from shared.events import one_line

TITLE = 200  # characters that a title may have


@dataclass(frozen=True)
class Source:
    """`prefix` stands before each title; `more` goes with each upload: owner, allow, deny."""

    folder: Path
    workspace: str
    prefix: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    more: tuple[tuple[str, str], ...] = ()

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.include, self.exclude)

    @property
    def name(self) -> str:
        return f"{self.folder} → {self.workspace}"

    def title(self, path: str) -> str:
        """The document's: the way from the folder, shortened to its end when it is too long."""
        whole = one_line(f"{self.prefix}{readable(path)}")
        if len(whole) <= TITLE:
            return whole
        mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
        return f"…{mark}…{whole[len(mark) + 2 - TITLE :]}"

    def ledger(self, url: str) -> Path:
        """Where its record is kept in the home of this machine."""
        words = "\0".join((str(self.folder.resolve()), self.workspace, self.prefix, url))
        return home() / "watch" / f"{hashlib.sha256(words.encode(errors='surrogateescape')).hexdigest()[:16]}.db"


def readable(path: str) -> str:
    """A name that is no UTF-8 was written by an old Chinese system, or shows its bytes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path).decode("gb18030", "backslashreplace")
    return path
