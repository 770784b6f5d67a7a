"""A folder and its workspace."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from client.cli.credentials import home
from client.sync.files.scanner import FileFilter
from shared.events import one_line

TITLE = 200  # characters that a title may have


@dataclass(frozen=True)
class Source:
    """`prefix` is put before each title; `more` are fields of each upload: owner, allow, deny."""

    folder: Path
    workspace: str
    prefix: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    more: tuple[tuple[str, str], ...] = ()

    @property
    def wanted(self) -> FileFilter:
        return FileFilter(self.include, self.exclude)

    @property
    def name(self) -> str:
        return f"{self.folder} → {self.workspace}"

    def title(self, path: str) -> str:
        """The document's title: its relative path, shortened at the beginning to 200 characters."""
        whole = one_line(f"{self.prefix}{readable(path)}")
        if len(whole) <= TITLE:
            return whole
        mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
        return f"…{mark}…{whole[len(mark) + 2 - TITLE :]}"

    def state_path(self, url: str) -> Path:
        """The state file of this source in the home."""
        words = "\0".join((str(self.folder.resolve()), self.workspace, self.prefix, url))
        return home() / "watch" / f"{hashlib.sha256(words.encode(errors='surrogateescape')).hexdigest()[:16]}.db"


def readable(path: str) -> str:
    """The path as text. A name that is not UTF-8 is decoded as GB 18030, or shown as escaped bytes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path).decode("gb18030", "backslashreplace")
    return path
