"""Applies the changes of a folder to its workspace. After a crash at any point the next run completes the work."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from client.sdk.documents import SETTLED
from client.sdk.errors import Refused
from client.sync.files.renames import renamed
from client.sync.files.safe_open import FileIdentity
from client.sync.files.scanner import FileStamp, ScanResult
from client.sync.files.stable_read import FileCopy, stable_copy
from client.sync.files.titles import TitleSync
from client.sync.retrying_client import RetryingClient
from client.sync.source import Source
from client.sync.state import SyncedFile, SyncState
from shared.events import DocumentState

FATAL = {"workspace_not_found", "unauthenticated", "sign_in_over", "forbidden", "unreachable", "starting"}
BATCH = 500  # files handed to the threads at once
Notify = Callable[..., None]
RetryLater = Callable[[str], None]


class SyncRun:
    """Synchronises one source. `notify(event, **fields)` gets each result, `retry_later(path)` each file in use."""

    def __init__(
        self, source: Source, state: SyncState, client: RetryingClient, notify: Notify, retry_later: RetryLater
    ) -> None:
        self._source, self._state, self._client = source, state, client
        self._notify, self._retry_later = notify, retry_later
        self._titles = TitleSync(source, state, client)
        self.unreadable: dict[str, str] = {}
        self._identities: dict[str, FileIdentity] = {}
        self._uploaded: set[str] = set()
        self._removals_done = (
            False  # False at first: an earlier process may have been killed before it removed documents
        )

    def run(self, seen: ScanResult, fresh: Sequence[str], gone: Sequence[str], threads: int) -> None:
        """Upload what is new. Renames come first, so that a renamed file is neither uploaded nor deleted."""
        unsettled = [path for path, sent in self._state.rows.items() if sent.status not in SETTLED]
        if self._removals_done and not (fresh or gone or unsettled):
            return
        self._removals_done = False
        self._identities = seen.identities
        moves = renamed(fresh, gone, seen, self._state)
        for old, new in moves:
            self._notify("renamed", path=new, before=old)
        names = {new for _, new in moves}
        self.unreadable = {path: why for path, why in self.unreadable.items() if path in seen.files}
        rest = [path for path in fresh if path not in names]
        with ThreadPoolExecutor(threads) as pool:
            try:
                self._in_batches(pool, self._await_indexing, [path for path in unsettled if path not in rest])
                self._in_batches(pool, self._sync_file, rest)
            finally:
                pool.shutdown(cancel_futures=True)
        self._titles.fix()

    def remove(self, gone: Sequence[str]) -> None:
        """Forget deleted files, and delete the documents that no other file refers to."""
        for path in gone:
            if path in self._state.rows:
                self._state.drop(path)
                self._notify("removed", path=path)
        if self._removals_done:
            return
        for document, _ in self._state.leaving():
            self._client.delete(document)
            self._state.forget_leaving(document)
        self._titles.fix()
        self._removals_done = True

    def _in_batches(self, pool: ThreadPoolExecutor, work: Callable[[str], None], paths: Sequence[str]) -> None:
        for at in range(0, len(paths), BATCH):
            list(pool.map(work, paths[at : at + BATCH]))

    def _sync_file(self, path: str) -> None:
        with self._open(path) as copy:
            if copy is None:
                return
            before = self._state.rows.get(path)
            if before and before.sha256 == copy.sha256:
                self._state.put(_with_stamp(before, copy.stamp))
                return self._notify("touched", path=path)
            if same := self._state.with_digest(copy.sha256):
                self._state.put(replace(_with_stamp(same, copy.stamp), path=path, at=time.time()))
                return self._notify("same", path=path, document_id=same.document_id, title=same.title)
            self._titles.release_title(path)
            self._upload(path, copy, before)

    def _upload(self, path: str, copy: FileCopy, before: SyncedFile | None) -> None:
        at, document = before.at if before else time.time(), before.document_id if before else None
        sent = SyncedFile(path, *copy.stamp, copy.sha256, document, self._source.title(path), "rejected", None, at)
        try:
            state = self._client.upload(copy, self._source.workspace, sent.title, dict(self._source.more))
        except Refused as refused:
            if refused.reason in FATAL:
                raise
            self._state.put(replace(sent, reason=refused.error, code=refused.reason))
            return self._notify("rejected", path=path, reason=refused.error)
        self._uploaded.add(path)
        self._record(replace(sent, document_id=state.document_id), state)
        self._await_indexing(path)

    def _await_indexing(self, path: str) -> None:
        sent = self._state.rows[path]
        try:
            state = self._client.wait_until_settled(str(sent.document_id))
        except Refused as refused:
            if refused.reason != "document_not_found":
                raise
            if path in self._uploaded:  # its access lists hide it from the watcher, but it exists
                return self._state.put(replace(sent, status="indexed"))
            return self._state.forget([str(sent.document_id)])
        self._record(sent, state)
        result: dict[str, Any] = {"document_id": state.document_id, "revision": state.revision, "chunks": state.chunks}
        self._notify(state.status, path=path, **result, reason=state.reason)

    def _record(self, sent: SyncedFile, state: DocumentState) -> None:
        told = replace(sent, title=state.title, status=state.status, reason=state.reason, code=state.code)
        self._state.put(told)

    @contextmanager
    def _open(self, path: str) -> Iterator[FileCopy | None]:
        """The file's bytes; None when it is in use or unreadable."""
        try:
            with stable_copy(self._source.folder, path, self._identities.get(path)) as copy:
                if copy is None:
                    self._retry_later(path)
                yield copy
        except OSError as error:
            if self.unreadable.get(path) != error.strerror:
                self._notify("unreadable", path=path, reason=f"It cannot be read ({error.strerror}). Allow it.")
            self.unreadable[path] = str(error.strerror)
            yield None


def _with_stamp(sent: SyncedFile, stamp: FileStamp) -> SyncedFile:
    return replace(sent, size=stamp.size, modified=stamp.modified, inode=stamp.inode)
