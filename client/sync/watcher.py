"""Scans one folder repeatedly and applies its changes to a workspace."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from client.sdk.errors import Refused
from client.sync.acl import AclSync
from client.sync.files.debounce import QUIET_SECONDS, Debouncer, FolderChanges
from client.sync.files.fs_events import listen
from client.sync.files.scanner import ScanResult, scan
from client.sync.report import SyncReport
from client.sync.retrying_client import RetryingClient, Stopped
from client.sync.source import Source
from client.sync.state import SyncState
from client.sync.sync_run import FATAL, Notify, SyncRun

FEW_FILES = 5  # fewer deletions need no confirmation, unless they are all files
PAUSE_FACTOR = 10  # the shortest pause after a scan, in multiples of its duration
PARTIAL_FILE_SECONDS = 60.0  # how long a single run waits for a half-written file
LOST_CHECK_SECONDS = 3600.0  # between two checks for documents that the workspace has lost


@dataclass(frozen=True)
class WatchOptions:
    """`interval` and `quiet_seconds` are seconds; `max_deleted` is the percentage that may be deleted at once."""

    once: bool = False
    interval: float = 30.0
    max_deleted: float = 50.0
    threads: int = 4
    quiet_seconds: float = QUIET_SECONDS
    wait_for_folder: bool = False  # wait for a missing folder or workspace instead of failing


class Watcher:
    """Watches one source until `client.stop` is set. `notify` gets what happens."""

    def __init__(
        self, source: Source, state: Path, client: RetryingClient, notify: Notify, options: WatchOptions
    ) -> None:
        self._source, self._client, self._notify, self._options = source, client, notify, options
        self._state, self._debouncer = SyncState(state), Debouncer(options.quiet_seconds)
        self._acl = AclSync(source, self._state, client, notify)
        self._sync_run = SyncRun(source, self._state, client, notify, self._debouncer.reset)
        self._unpublished = ""
        self.report = SyncReport(state.with_suffix(".json"), source, self._state, self._sync_run)
        self.wake, self._verified_at, self._scanning = Event(), 0.0, 0.0
        self._problem, self._code = "", ""

    def run(self) -> None:
        """Watch until stopped; with `once`, until everything is synchronised."""
        if not self._options.once:
            listen(self._source.folder, self.wake, self._client.stop, lambda words: self._notify("note", words=words))
        with suppress(Stopped):
            self._run_until_stopped()

    def _run_until_stopped(self) -> None:
        began = time.monotonic()
        while not self._client.stop.is_set():
            self.wake.clear()
            changes = self._scan_once()
            if self._options.once and (not changes.waiting or time.monotonic() > began + PARTIAL_FILE_SECONDS):
                return
            pause = self._options.quiet_seconds + 0.05 if changes.waiting else self._options.interval
            self._pause(min(self._scanning * PAUSE_FACTOR, self._options.interval), pause)

    def stop(self) -> None:
        """Make `run` return after the current uploads are recorded."""
        self._client.stop.set()
        self.wake.set()

    def close(self) -> None:
        """Close the state file."""
        self._state.close()

    def _pause(self, shortest: float, longest: float) -> None:
        self._client.stop.wait(shortest)
        self.wake.wait(max(longest - shortest, 0))

    def _scan_once(self) -> FolderChanges:
        changes = FolderChanges()
        try:
            self._find_lost_documents()
            self._acl.apply()
            began = time.monotonic()
            seen = scan(self._source.folder, self._source.wanted)
            self._scanning = time.monotonic() - began
            changes = self._debouncer.compare(seen, self._state.rows, time.monotonic())
            self._notify("scanned", files=len(seen.files), fresh=len(changes.fresh), waiting=len(changes.waiting))
            self._apply(seen, changes)
            self._problem, self._code = "", ""
        except Refused as refused:
            self._handle(refused)
        self._report(len(changes.waiting) + changes.empty)
        return changes

    def _report(self, waiting: int) -> None:
        status = self.report.status(self._problem, waiting, self._code)
        self.report.write(status)
        try:
            self.report.publish(self._client, status)
        except Refused as refused:
            if refused.error != self._unpublished:
                self._unpublished = refused.error
                self._notify("note", words=f"The list of folders does not know how this one stands: {refused.error}")

    def _apply(self, seen: ScanResult, changes: FolderChanges) -> None:
        self._sync_run.run(seen, changes.fresh, changes.gone, self._options.threads)
        gone = [path for path in changes.gone if path in self._state.rows]
        self._check_mass_deletion(gone)
        self._sync_run.remove(gone)
        if changes.fresh or gone:
            self._notify("in_step", files=len(self._state.rows))

    def _check_mass_deletion(self, gone: Sequence[str]) -> None:
        known = len(self._state.rows)
        if len(gone) > known * self._options.max_deleted / 100 and (len(gone) >= FEW_FILES or len(gone) == known):
            words = (
                f"{len(gone)} of {known} files are gone from {self._source.folder}; their documents stay. Is a share "
                f"not mounted? If they are to go, start again with --allow-mass-delete 100."
            )
            raise Refused("mass_delete", words)

    def _find_lost_documents(self) -> None:
        """Upload files again whose documents somebody deleted."""
        if self._verified_at and time.monotonic() < self._verified_at + LOST_CHECK_SECONDS:
            return
        lost = self._client.find_missing(
            self._source.workspace, set(self._state.documents), self._state.has_foreign_documents()
        )
        self._state.forget(sorted(lost))
        self._verified_at = time.monotonic()

    def _handle(self, refused: Refused) -> None:
        if self._options.once or (refused.reason in FATAL and not self._options.wait_for_folder):
            self._problem, self._code = refused.error, refused.reason
            if refused.reason not in FATAL:
                self._report(0)
            raise refused
        if refused.reason == "workspace_not_found":
            self._client.renew()
        if refused.error != self._problem:
            self._problem, self._code = refused.error, refused.reason
            self._notify("trouble", reason=refused.error, code=refused.reason)
