"""Changes of a folder in, the same changes in the workspace out. Killed anywhere, the next round ends it."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from client.sdk.documents import SETTLED
from client.sdk.errors import Refused
from client.sync.files.beneath import Identity
from client.sync.files.renames import moved
from client.sync.files.scanner import Seen, Stamp
from client.sync.files.stable_read import Copy, copied
from client.sync.files.titles import Titles
from client.sync.retrying_client import Line
from client.sync.source import Source
from client.sync.state import Ledger, Sent
from shared.events import DocumentState

FATAL = {"workspace_not_found", "unauthenticated", "forbidden", "unreachable", "starting"}
BATCH = 500  # files handed to the threads at once
Tell = Callable[..., None]


class Round:
    """One source; `tell(event, **fields)` hears what became of each file, `again(path)` of those in use."""

    def __init__(self, source: Source, ledger: Ledger, line: Line, tell: Tell, again: Callable[[str], None]) -> None:
        self._source, self._ledger, self._line, self._tell, self._again = source, ledger, line, tell, again
        self._titles = Titles(source, ledger, line)
        self.unread: dict[str, str] = {}
        self._identities: dict[str, Identity] = {}
        self._uploaded: set[str] = set()
        self._ended = False  # what a round before this one, perhaps of a process that was killed, has begun

    def run(self, seen: Seen, fresh: Sequence[str], gone: Sequence[str], threads: int) -> None:
        """Moves first, so that nothing is sent or taken away that only got another name."""
        unsettled = [path for path, sent in self._ledger.rows.items() if sent.status not in SETTLED]
        if self._ended and not (fresh or gone or unsettled):
            return
        self._ended = False
        self._identities = seen.identities
        moves = moved(fresh, gone, seen, self._ledger)
        for old, new in moves:
            self._tell("renamed", path=new, before=old)
        names = {new for _, new in moves}
        self.unread = {path: why for path, why in self.unread.items() if path in seen.files}
        rest = [path for path in fresh if path not in names]
        with ThreadPoolExecutor(threads) as pool:
            try:
                self._each(pool, self._follow, [path for path in unsettled if path not in rest])
                self._each(pool, self._send, rest)
            finally:
                pool.shutdown(cancel_futures=True)
        self._titles.mend()

    def remove(self, gone: Sequence[str]) -> None:
        """Files that are gone, and the documents that no other file has."""
        for path in gone:
            if path in self._ledger.rows:
                self._ledger.drop(path)
                self._tell("removed", path=path)
        if self._ended:
            return
        for document, _ in self._ledger.leaving():
            self._line.discard(document)
            self._ledger.left(document)
        self._titles.mend()
        self._ended = True

    def _each(self, pool: ThreadPoolExecutor, work: Callable[[str], None], paths: Sequence[str]) -> None:
        for at in range(0, len(paths), BATCH):
            list(pool.map(work, paths[at : at + BATCH]))

    def _send(self, path: str) -> None:
        with self._opened(path) as copy:
            if copy is None:
                return
            before = self._ledger.rows.get(path)
            if before and before.sha256 == copy.sha256:
                self._ledger.put(_stamped(before, copy.stamp))
                return self._tell("touched", path=path)
            if same := self._ledger.of_bytes(copy.sha256):
                self._ledger.put(replace(_stamped(same, copy.stamp), path=path, at=time.time()))
                return self._tell("same", path=path, document_id=same.document_id, title=same.title)
            self._titles.hand_over(path)
            self._put(path, copy, before)

    def _put(self, path: str, copy: Copy, before: Sent | None) -> None:
        at, document = before.at if before else time.time(), before.document_id if before else None
        sent = Sent(path, *copy.stamp, copy.sha256, document, self._source.title(path), "rejected", None, at)
        try:
            state = self._line.upload(copy, self._source.workspace, sent.title, dict(self._source.more))
        except Refused as refused:
            if refused.reason in FATAL:
                raise
            self._ledger.put(replace(sent, reason=refused.error))
            return self._tell("rejected", path=path, reason=refused.error)
        self._uploaded.add(path)
        # Bytes that were there under a title which is none of ours: somebody else looks after that document.
        own = state.title == sent.title or state.document_id in self._ledger.documents
        self._keep(replace(sent, document_id=state.document_id, own=own), state)
        self._follow(path)

    def _follow(self, path: str) -> None:
        sent = self._ledger.rows[path]
        try:
            state = self._line.settled(str(sent.document_id))
        except Refused as refused:
            if refused.reason != "document_not_found":
                raise
            if path in self._uploaded:  # its lists keep the watcher out: it is there all the same
                return self._ledger.put(replace(sent, status="indexed"))
            return self._ledger.forget([str(sent.document_id)])
        self._keep(sent, state)
        told: dict[str, Any] = {"document_id": state.document_id, "revision": state.revision, "chunks": state.chunks}
        self._tell(state.status, path=path, **told, reason=state.reason)

    def _keep(self, sent: Sent, state: DocumentState) -> None:
        self._ledger.put(replace(sent, title=state.title, status=state.status, reason=state.reason))

    @contextmanager
    def _opened(self, path: str) -> Iterator[Copy | None]:
        """The file's bytes; None when it is in use, or may not be read."""
        try:
            with copied(self._source.folder, path, self._identities.get(path)) as copy:
                if copy is None:
                    self._again(path)
                yield copy
        except OSError as error:
            if self.unread.get(path) != error.strerror:
                self._tell("unreadable", path=path, reason=f"It cannot be read ({error.strerror}). Allow it.")
            self.unread[path] = str(error.strerror)
            yield None


def _stamped(sent: Sent, stamp: Stamp) -> Sent:
    return replace(sent, size=stamp.size, modified=stamp.modified, inode=stamp.inode)
