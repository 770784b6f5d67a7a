"""The state of a synchronised folder: one SQLite row for each uploaded file, written after Cloister's reply."""

import os
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from threading import RLock

from client.sdk.errors import Refused
from client.sync.files.scanner import FileStamp

TABLES = """BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS files (
    path BLOB PRIMARY KEY, size INTEGER, modified INTEGER, inode INTEGER, sha256 TEXT, document_id TEXT, title TEXT,
    status TEXT, reason TEXT, at REAL, own INTEGER, code TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_bytes ON files (sha256);
CREATE TABLE IF NOT EXISTS leaving (document_id TEXT PRIMARY KEY, title TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
COMMIT;"""


@dataclass(slots=True)
class SyncedFile:
    """A file as it was uploaded. A rejected file may have no document.

    `title` is its document's on the server. `own` is False for a document that was there before the file came, which
    an earlier version noted: it is neither renamed nor deleted. `code` is the stable code of `reason`.
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
    code: str | None = None

    @property
    def stamp(self) -> FileStamp:
        return FileStamp(self.size, self.modified, self.inode)


NAMES = tuple(field.name for field in fields(SyncedFile))
READ = f"SELECT {', '.join(NAMES)} FROM files"  # noqa: S608
PUT = f"INSERT OR REPLACE INTO files ({', '.join(NAMES)}) VALUES ({', '.join('?' * len(NAMES))})"  # noqa: S608


class SyncState:
    """Rows in memory and in the file; the file is written first. Thread-safe."""

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
            if "code" not in {row[1] for row in self._base.execute("PRAGMA table_info(files)")}:
                self._base.execute("ALTER TABLE files ADD COLUMN code TEXT")
        except (sqlite3.Error, OSError) as error:
            words = f"The state file {path} cannot be used ({error}). Stop the other process that watches this folder."
            raise Refused("state_in_use", words) from error
        sent = (SyncedFile(os.fsdecode(path), *rest) for path, *rest in self._base.execute(READ))
        self.rows = {one.path: one for one in sent}
        self.documents: dict[str, set[str]] = {}
        for one in self.rows.values():
            self._link(one)

    def put(self, sent: SyncedFile) -> None:
        """Store the file's row. A document that no file refers to any more is queued for deletion."""
        with self._lock, self._base:
            self._base.execute("BEGIN")
            self._unlink(sent.path, sent.document_id)
            self._base.execute(PUT, (os.fsencode(sent.path), *astuple(sent)[1:]))
            self._base.execute("DELETE FROM leaving WHERE document_id = ?", (sent.document_id,))
            self.rows[sent.path] = sent
            self._link(sent)

    def drop(self, path: str) -> None:
        """Remove the file's row."""
        with self._lock, self._base:
            self._base.execute("BEGIN")
            self._unlink(path, None)
            self._base.execute("DELETE FROM files WHERE path = ?", (os.fsencode(path),))
            del self.rows[path]

    def rename(self, document: str, title: str) -> None:
        """Record a new title of the document."""
        for path in sorted(self.documents.get(document, ())):
            self.put(replace(self.rows[path], title=title))

    def titling_file(self, document: str) -> SyncedFile:
        """The file that gives the document its title: the oldest."""
        return min((self.rows[path] for path in self.documents[document]), key=lambda sent: (sent.at, sent.path))

    def with_digest(self, sha256: str) -> SyncedFile | None:
        """An indexed file with this SHA-256."""
        with self._lock:
            same = self._base.execute("SELECT path FROM files WHERE sha256 = ? AND status = 'indexed'", (sha256,))
            found = same.fetchone()
            return self.rows[os.fsdecode(found[0])] if found else None

    def leaving(self) -> list[tuple[str, str]]:
        """Documents to delete, with their titles, until `forget_leaving`."""
        with self._lock:
            return list(self._base.execute("SELECT document_id, title FROM leaving ORDER BY title"))

    def forget_leaving(self, document: str) -> None:
        """The document was deleted on the server."""
        with self._lock:
            self._base.execute("DELETE FROM leaving WHERE document_id = ?", (document,))

    def fact(self, name: str, value: str | None = None) -> str:
        """The value stored under a name; with `value`, store it first."""
        with self._lock:
            if value is not None:
                self._base.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
            found = self._base.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
            return str(found[0]) if found else ""

    def forget(self, documents: Iterable[str]) -> None:
        """The documents are missing on the server: their files will be uploaded again."""
        for document in documents:
            for path in sorted(self.documents.get(document, ())):
                self.put(replace(self.rows[path], document_id=None, sha256="", modified=-1))
            self.forget_leaving(document)

    def has_foreign_documents(self) -> bool:
        """Whether some documents existed before their files came."""
        return any(not sent.own for sent in self.rows.values())

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def _link(self, sent: SyncedFile) -> None:
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
