"""What was sent: one row a file in SQLite, written when Cloister has said what became of it."""

import os
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from threading import RLock

from client.sdk.errors import Refused
from client.sync.files.scanner import Stamp

TABLES = """BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS files (
    path BLOB PRIMARY KEY, size INTEGER, modified INTEGER, inode INTEGER, sha256 TEXT, document_id TEXT, title TEXT,
    status TEXT, reason TEXT, at REAL, own INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_bytes ON files (sha256);
CREATE TABLE IF NOT EXISTS leaving (document_id TEXT PRIMARY KEY, title TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
COMMIT;"""


@dataclass(slots=True)
class Sent:
    """A file as it was sent; a refused one may have no document.

    `title` is its document's on the server. `own` is False for a document that was there before the file came:
    it is neither renamed nor taken away.
    """

    path: str
    size: int
    modified: int
    inode: int
    sha256: str
    document_id: str | None
    title: str
    status: str
    reason: str | None
    at: float
    own: bool = True

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.size, self.modified, self.inode)


NAMES = tuple(field.name for field in fields(Sent))
READ = f"SELECT {', '.join(NAMES)} FROM files"  # noqa: S608
PUT = f"INSERT OR REPLACE INTO files ({', '.join(NAMES)}) VALUES ({', '.join('?' * len(NAMES))})"  # noqa: S608


class Ledger:
    """All rows in memory as well; a change is in the file before it is there. Threads may share it."""

    def __init__(self, path: Path) -> None:
        self._lock = RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=0.5)
            # A second watcher of one folder would send everything twice.
            self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.executescript(TABLES)
        except (sqlite3.Error, OSError) as error:
            words = f"The record {path} cannot be used ({error}). End the other process that watches this folder."
            raise Refused("state_in_use", words) from error
        sent = (Sent(os.fsdecode(path), *rest) for path, *rest in self._base.execute(READ))
        self.rows = {one.path: one for one in sent}
        self.documents: dict[str, set[str]] = {}
        for one in self.rows.values():
            self._link(one)

    def put(self, sent: Sent) -> None:
        """The file's row; a document that no other file has any more is leaving."""
        with self._lock, self._base:
            self._base.execute("BEGIN")
            self._unlink(sent.path, sent.document_id)
            self._base.execute(PUT, (os.fsencode(sent.path), *astuple(sent)[1:]))
            self._base.execute("DELETE FROM leaving WHERE document_id = ?", (sent.document_id,))
            self.rows[sent.path] = sent
            self._link(sent)

    def drop(self, path: str) -> None:
        """The file is gone."""
        with self._lock, self._base:
            self._base.execute("BEGIN")
            self._unlink(path, None)
            self._base.execute("DELETE FROM files WHERE path = ?", (os.fsencode(path),))
            del self.rows[path]

    def entitle(self, document: str, title: str) -> None:
        """The document is called so now, for all its files."""
        for path in sorted(self.documents.get(document, ())):
            self.put(replace(self.rows[path], title=title))

    def holder(self, document: str) -> Sent:
        """The file that gives the document its title: the first that came."""
        return min((self.rows[path] for path in self.documents[document]), key=lambda sent: (sent.at, sent.path))

    def of_bytes(self, sha256: str) -> Sent | None:
        """A file with these bytes whose document can be found."""
        with self._lock:
            same = self._base.execute("SELECT path FROM files WHERE sha256 = ? AND status = 'indexed'", (sha256,))
            found = same.fetchone()
            return self.rows[os.fsdecode(found[0])] if found else None

    def leaving(self) -> list[tuple[str, str]]:
        """Documents without a file, with their titles, until `left`."""
        with self._lock:
            return list(self._base.execute("SELECT document_id, title FROM leaving ORDER BY title"))

    def left(self, document: str) -> None:
        """It is gone from the server."""
        with self._lock:
            self._base.execute("DELETE FROM leaving WHERE document_id = ?", (document,))

    def fact(self, name: str, value: str | None = None) -> str:
        """What is kept under a name; a value is written first."""
        with self._lock:
            if value is not None:
                self._base.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
            found = self._base.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
            return str(found[0]) if found else ""

    def forget(self, documents: Iterable[str]) -> None:
        """They are not on the server any more: their files are sent again."""
        for document in documents:
            for path in sorted(self.documents.get(document, ())):
                self.put(replace(self.rows[path], document_id=None, sha256="", modified=-1))
            self.left(document)

    def foreign(self) -> bool:
        """Does somebody else look after some of the documents?"""
        return any(not sent.own for sent in self.rows.values())

    def close(self) -> None:
        """Give the file back."""
        self._base.close()

    def _link(self, sent: Sent) -> None:
        if sent.document_id:
            self.documents.setdefault(sent.document_id, set()).add(sent.path)

    def _unlink(self, path: str, instead: str | None) -> None:
        before = self.rows.get(path)
        if before is None or before.document_id is None:
            return
        paths = self.documents[before.document_id]
        paths.discard(path)
        if not paths:
            del self.documents[before.document_id]
            if before.own and before.document_id != instead:
                self._base.execute("INSERT OR REPLACE INTO leaving VALUES (?, ?)", (before.document_id, before.title))
