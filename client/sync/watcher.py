"""Looks at one folder again and again, and carries what has changed into its workspace."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from client.sdk.errors import Refused
from client.sync.acl import Lists
from client.sync.files.debounce import STILL, Changes, Steady
from client.sync.files.fs_events import listen
from client.sync.files.scanner import Seen, scan
from client.sync.report import Report
from client.sync.retrying_client import Line, Stopped
from client.sync.source import Source
from client.sync.state import Ledger
from client.sync.sync_run import FATAL, Round, Tell

FEW = 5  # files: fewer may all go without a question, unless they are all there are
SHARE = 10  # times the length of a scan is the least pause after it
UNTIL_WHOLE = 60.0  # seconds that a single look waits for a half-written file
VERIFIED = 3600.0  # seconds between two looks at what the workspace has lost


@dataclass(frozen=True)
class Manner:
    """How to go about it: `every` seconds without a notice, `most` percent that may be deleted at once."""

    once: bool = False
    every: float = 30.0
    most: float = 50.0
    threads: int = 4
    still: float = STILL
    lenient: bool = False  # a folder or workspace that is not there is waited for


class Watcher:
    """One source until `line.stop` is set; `tell` hears what happens."""

    def __init__(self, source: Source, state: Path, line: Line, tell: Tell, manner: Manner) -> None:
        self._source, self._line, self._tell, self._manner = source, line, tell, manner
        self._ledger, self._steady = Ledger(state), Steady(manner.still)
        self._lists = Lists(source, self._ledger, line, tell)
        self._round = Round(source, self._ledger, line, tell, self._steady.again)
        self.report = Report(state.with_suffix(".json"), source, self._ledger, self._round)
        self.woken, self._verified, self._scanning, self._trouble = Event(), 0.0, 0.0, ""

    def run(self) -> None:
        """Until stopped, or until nothing is left to do once."""
        if not self._manner.once:
            listen(self._source.folder, self.woken, self._line.stop, lambda words: self._tell("note", words=words))
        with suppress(Stopped):
            self._go_on()

    def _go_on(self) -> None:
        began = time.monotonic()
        while not self._line.stop.is_set():
            self.woken.clear()
            changes = self._look()
            if self._manner.once and (not changes.waiting or time.monotonic() > began + UNTIL_WHOLE):
                return
            pause = self._manner.still + 0.05 if changes.waiting else self._manner.every
            self._rest(min(self._scanning * SHARE, self._manner.every), pause)

    def stop(self) -> None:
        """What is on its way is written down, then `run` returns."""
        self._line.stop.set()
        self.woken.set()

    def close(self) -> None:
        """Give the record back."""
        self._ledger.close()

    def _rest(self, least: float, most: float) -> None:
        self._line.stop.wait(least)
        self.woken.wait(max(most - least, 0))

    def _look(self) -> Changes:
        changes = Changes()
        try:
            self._verify()
            self._lists.carry()
            began = time.monotonic()
            seen = scan(self._source.folder, self._source.wanted)
            self._scanning = time.monotonic() - began
            changes = self._steady.look(seen, self._ledger.rows, time.monotonic())
            self._tell("scanned", files=len(seen.files), fresh=len(changes.fresh), waiting=len(changes.waiting))
            self._carry(seen, changes)
            self._trouble = ""
        except Refused as refused:
            self._troubled(refused)
        self.report.write(self._trouble, len(changes.waiting) + changes.empty)
        return changes

    def _carry(self, seen: Seen, changes: Changes) -> None:
        self._round.run(seen, changes.fresh, changes.gone, self._manner.threads)
        gone = [path for path in changes.gone if path in self._ledger.rows]
        self._bearable(gone)
        self._round.remove(gone)
        if changes.fresh or gone:
            self._tell("in_step", files=len(self._ledger.rows))

    def _bearable(self, gone: Sequence[str]) -> None:
        known = len(self._ledger.rows)
        if len(gone) > known * self._manner.most / 100 and (len(gone) >= FEW or len(gone) == known):
            words = (
                f"{len(gone)} of {known} files are gone from {self._source.folder}; their documents stay. Is a share "
                f"not mounted? If they are to go, start again with --allow-mass-delete 100."
            )
            raise Refused("mass_delete", words)

    def _verify(self) -> None:
        """Files whose documents somebody took away are sent again."""
        if self._verified and time.monotonic() < self._verified + VERIFIED:
            return
        lost = self._line.missing(self._source.workspace, set(self._ledger.documents), self._ledger.foreign())
        self._ledger.forget(sorted(lost))
        self._verified = time.monotonic()

    def _troubled(self, refused: Refused) -> None:
        if self._manner.once or (refused.reason in FATAL and not self._manner.lenient):
            raise refused
        if refused.reason == "workspace_not_found":
            self._line.renew()
        if refused.error != self._trouble:
            self._trouble = refused.error
            self._tell("trouble", reason=refused.error, code=refused.reason)
