"""HTTP calls with retries: when Cloister is unreachable or overloaded, and with a new sign-in when one expires."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import TypeVar

from client.sdk.documents import SETTLED
from client.sdk.errors import Refused
from client.sdk.http import Http
from client.sdk.patience import AWAY
from client.sync.files.stable_read import FileCopy
from shared.events import DocumentState

T = TypeVar("T")
LONGEST_PAUSE = 30.0
COMPARE_ALL_BELOW = 2000  # documents; listing them takes ten calls
SETTLE_SECONDS = 600.0  # then the next scan checks the file again


class Stopped(Exception):
    """The watcher was asked to stop."""


class RetryingClient:
    """One Cloister for several threads. With `wait` an unreachable one is waited for, else it raises at once."""

    def __init__(self, connect: Callable[[], Http], wait: bool, note: Callable[[str], None]) -> None:
        self._connect, self._wait, self._note = connect, wait, note
        self.stop, self._lock = Event(), Lock()
        self._http: Http | None = None
        self._waiting = False

    def call(self, work: Callable[[Http], T]) -> T:
        """The result of `work`. Raises only what a retry would not change, and `Stopped`."""
        pause, again, signed = 0.5, False, False
        while not self.stop.is_set():
            try:
                found = work(self.connected(again))
                self._report_recovery()
                return found
            except Refused as refused:
                again = refused.status == 401 and not signed
                if again:
                    signed = True
                elif not self._can_retry(refused):
                    raise
                else:
                    self.stop.wait(min(refused.retry_after or pause, LONGEST_PAUSE))
                    pause = min(pause * 2, LONGEST_PAUSE)
        raise Stopped

    def upload(self, copy: FileCopy, workspace: str, title: str, more: dict[str, str]) -> DocumentState:
        """Upload the bytes under a title."""

        def send(http: Http) -> DocumentState:
            copy.file.seek(0)
            return http.upload_file(copy.file, title.rpartition("/")[2], workspace, **{"title": title} | more)

        return self.call(send)

    def wait_until_settled(self, document: str) -> DocumentState:
        """The document once it is indexed or rejected, or after ten minutes as it is."""
        until, pause = time.monotonic() + SETTLE_SECONDS, 0.1
        while (state := self.call(lambda http: http.document(document))).status not in SETTLED:
            if time.monotonic() > until:
                break
            if self.stop.wait(pause):
                raise Stopped
            pause = min(pause * 1.5, 2)
        return state

    def rename(self, document: str, title: str) -> None:
        """Change the title; this makes no revision."""
        self.call(lambda http: http.amend(document, title=title))

    def delete(self, document: str) -> None:
        """Delete the document if it still exists."""
        with suppress_missing():
            self.call(lambda http: http.discard(document))

    def find_missing(self, workspace: str, known: set[str], thorough: bool) -> set[str]:
        """Those of `known` that the workspace lacks. Many are listed only if the count differs, or if `thorough`."""
        few = {"workspace": workspace, "limit": 1}
        if (
            len(known) > COMPARE_ALL_BELOW
            and not thorough
            and int(self.call(lambda http: http.call("GET", "/api/documents", params=few))["total"]) >= len(known)
        ):
            return set()
        return known - self.call(lambda http: {state.document_id for state in http.documents(workspace)})

    def _can_retry(self, refused: Refused) -> bool:
        if refused.reason in AWAY:
            if self._wait and not self._waiting:
                self._waiting = True
                self._note(f"{refused.error} Waiting for it.")
            return self._wait
        return refused.status in (429, 503)

    def _report_recovery(self) -> None:
        if self._waiting:
            self._waiting = False
            self._note("Cloister is back.")

    def connected(self, again: bool = False) -> Http:
        """The signed-in connection."""
        with self._lock:
            if self._http is None or again:
                self._http = self._connect()
            return self._http

    def renew(self) -> None:
        """Make the next call sign in again."""
        with self._lock:
            self._http = None


@contextmanager
def suppress_missing() -> Iterator[None]:
    """Ignore that a document does not exist."""
    try:
        yield
    except Refused as refused:
        if refused.reason != "document_not_found":
            raise
