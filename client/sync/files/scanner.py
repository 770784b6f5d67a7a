"""Scans a folder for documents: paths, sizes and times in one pass. No file is opened."""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from client.sdk.errors import Refused
from client.sync.files.safe_open import FileIdentity, identity

SUFFIXES = {
    *(".pdf", ".docx", ".docm", ".doc", ".xlsx", ".xlsm", ".xls", ".pptx", ".pptm", ".ppt"),
    *(".odt", ".ods", ".odp", ".rtf", ".epub", ".ofd", ".zip", ".tif", ".tiff", ".eml", ".msg", ".mbox"),
    *(".html", ".htm", ".md", ".markdown", ".txt", ".csv", ".tsv"),
}
# Written by Office, browsers and editors while a file is being saved.
TEMPORARY = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".swp", ".swx", ".bak", "~")


class FileStamp(NamedTuple):
    """Tells without reading whether a file has changed: bytes, nanoseconds, inode."""

    size: int
    modified: int
    inode: int


@dataclass
class ScanResult:
    """Relative paths (with `/`), their stamps and identities; `unreadable` folders may contain more.

    `skipped` says of files and folders why they are no documents.
    """

    files: dict[str, FileStamp] = field(default_factory=dict)
    identities: dict[str, FileIdentity] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def hides(self, path: str) -> bool:
        """Whether the path is inside an unreadable folder and may still exist."""
        return any(path.startswith(f"{folder}/") for folder in self.unreadable)


class FileFilter:
    """Decides which files are documents, by globs such as `reports/**` or `*.pdf` for paths or names."""

    def __init__(self, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> None:
        self._include, self._exclude = [glob(one) for one in include], [glob(one) for one in exclude]

    def file(self, path: str, name: str) -> bool:
        """Whether a file is a document; without `include`, by its extension."""
        return not self.objection(path, name)

    def objection(self, path: str, name: str) -> str:
        """Why a file is no document; empty if it is one."""
        if name.startswith((".", "~$")) or name.lower().endswith(TEMPORARY):
            return "hidden or temporary"
        suffix = os.path.splitext(name)[1].lower()
        if self._include and not _any(self._include, path, name):
            return "not in --include"
        if not self._include and suffix not in SUFFIXES:
            return f"{suffix} files are not read" if suffix else "a file without an extension is not read"
        return "in --exclude" if _any(self._exclude, path, name) else ""

    def folder(self, path: str, name: str) -> bool:
        """Whether to look into a folder. Hidden folders, recycle bins and snapshots are skipped."""
        return not name.startswith((".", "$", "~", "@eaDir", "#recycle")) and not _any(self._exclude, path, name)


def scan(root: Path, wanted: FileFilter) -> ScanResult:
    """The documents below `root`; `Refused` if the folder is missing. Links are not followed."""
    seen, folders = ScanResult(), [""]
    if not root.is_dir():
        raise Refused("folder_missing", f"The folder {root} is not there. Mount it again, or correct the path.")
    while folders:
        place = folders.pop()
        try:
            with os.scandir(root / place) as entries:
                folders += _sorted(entries, place, wanted, seen)
        except OSError as error:
            if not place:
                words = f"The folder {root} cannot be read ({error.strerror}). Allow it, or mount it again."
                raise Refused("folder_missing", words) from error
            seen.unreadable.append(place)
    return seen


def _sorted(entries: Iterable[os.DirEntry[str]], place: str, wanted: FileFilter, seen: ScanResult) -> list[str]:
    """Add files to `seen`; returns the folders to scan next."""
    below = []
    for entry in entries:
        name, path = entry.name, f"{place}/{entry.name}" if place else entry.name
        if entry.is_dir(follow_symlinks=False):
            if wanted.folder(path, name):
                below.append(path)
            else:
                seen.skipped[f"{path}/"] = "a hidden, system or excluded folder"
        elif why := wanted.objection(path, name) or _unfit(entry):
            seen.skipped[path] = why
        else:
            found = entry.stat(follow_symlinks=False)
            seen.files[path] = FileStamp(found.st_size, found.st_mtime_ns, found.st_ino)
            # On Windows a scan's stat result has no device.
            if sys.platform != "win32":
                seen.identities[path] = identity(found)
    return below


def _unfit(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "a link; give it as a path of its own to upload it"
    return "" if entry.is_file(follow_symlinks=False) else "no regular file"


@cache
def glob(pattern: str) -> re.Pattern[str]:
    """`**` matches any folders, `*` and `?` stay within one; a pattern without `/` matches names at any depth."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    words = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.strip("/"))
    return re.compile("".join(parts.get(word, re.escape(word)) for word in words), re.IGNORECASE)


def _any(globs: Sequence[re.Pattern[str]], path: str, name: str) -> bool:
    return any(one.fullmatch(path) or one.fullmatch(name) for one in globs)
