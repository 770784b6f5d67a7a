"""Calls that wait: for a Cloister that is away or has its hands full, and with a new sign-in when the old one ends."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import TypeVar

from client.sdk.documents import SETTLED
from client.sdk.errors import Refused
from client.sdk.http import Http
from client.sync.files.stable_read import Copy
from shared.events import DocumentState

T = TypeVar("T")
AWAY = ("unreachable", "starting")
LONGEST = 30.0
LISTED = 2000  # documents: up to so many are compared one by one, ten calls
FOLLOWED = 600.0  # seconds; then the file is looked at again with the next scan


class Stopped(Exception):
    """Nobody wants to go on."""


class Line:
    """One Cloister for several threads. `patient`: one that is away is waited for, else it is told at once."""

    def __init__(self, connect: Callable[[], Http], patient: bool, say: Callable[[str], None]) -> None:
        self._connect, self._patient, self._say = connect, patient, say
        self.stop, self._lock = Event(), Lock()
        self._http: Http | None = None
        self._silent = False

    def call(self, work: Callable[[Http], T]) -> T:
        """What `work` brings; only what another try would not change is raised."""
        pause, again, signed = 0.5, False, False
        while not self.stop.is_set():
            try:
                found = work(self.connected(again))
                self._heard()
                return found
            except Refused as refused:
                again = refused.status == 401 and not signed
                if again:
                    signed = True
                elif not self._waits(refused):
                    raise
                else:
                    self.stop.wait(min(refused.retry_after or pause, LONGEST))
                    pause = min(pause * 2, LONGEST)
        raise Stopped

    def upload(self, copy: Copy, workspace: str, title: str, more: dict[str, str]) -> DocumentState:
        """The bytes under a title."""

        def send(http: Http) -> DocumentState:
            copy.file.seek(0)
            files = {"file": (title.rpartition("/")[2], copy.file, "application/octet-stream")}
            fields = {"workspace": workspace, "title": title} | more
            return DocumentState.model_validate(http.call("POST", "/api/documents", data=fields, files=files))

        return self.call(send)

    def settled(self, document: str) -> DocumentState:
        """The document once it can be found or is rejected; as it is when that takes too long."""
        until, pause = time.monotonic() + FOLLOWED, 0.1
        while (state := self.call(lambda http: http.document(document))).status not in SETTLED:
            if time.monotonic() > until:
                break
            if self.stop.wait(pause):
                raise Stopped
            pause = min(pause * 1.5, 2)
        return state

    def entitle(self, document: str, title: str) -> None:
        """Another title, no new revision."""
        self.call(lambda http: http.amend(document, title=title))

    def discard(self, document: str) -> None:
        """Gone, if it was not gone before."""
        with suppress_missing():
            self.call(lambda http: http.discard(document))

    def missing(self, workspace: str, known: set[str], thorough: bool) -> set[str]:
        """Those of `known` that the workspace has no longer; of many only when it has too few, unless `thorough`."""
        few = {"workspace": workspace, "limit": 1}
        if (
            len(known) > LISTED
            and not thorough
            and int(self.call(lambda http: http.call("GET", "/api/documents", params=few))["total"]) >= len(known)
        ):
            return set()
        return known - self.call(lambda http: {state.document_id for state in http.documents(workspace)})

    def _waits(self, refused: Refused) -> bool:
        if refused.reason in AWAY:
            if self._patient and not self._silent:
                self._silent = True
                self._say(f"{refused.error} Waiting for it.")
            return self._patient
        return refused.status in (429, 503)

    def _heard(self) -> None:
        if self._silent:
            self._silent = False
            self._say("Cloister is back.")

    def connected(self, again: bool = False) -> Http:
        """The connection, signed in."""
        with self._lock:
            if self._http is None or again:
                self._http = self._connect()
            return self._http

    def renew(self) -> None:
        """The next call signs in again."""
        with self._lock:
            self._http = None


@contextmanager
def suppress_missing() -> Iterator[None]:
    """What is not there need not be taken away."""
    try:
        yield
    except Refused as refused:
        if refused.reason != "document_not_found":
            raise
