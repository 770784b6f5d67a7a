"""Appends batches in order, one at a time, and retries failures."""

import asyncio
import logging
import time
from collections.abc import Sequence
from pathlib import Path

from services.audit.log.adoption import earlier
from services.audit.log.batches.publisher import Publisher
from services.audit.log.entries import Entry
from services.audit.log.recovery import StreamReader, reconcile
from services.audit.log.tree.head import DamagedLog
from services.audit.log.writer import LogWriter
from shared.sql.database import Database

log = logging.getLogger(__name__)
AGAIN_SECONDS = 1.0


class Appender:
    """`problem` says in words why nothing can be written now; empty when all is well."""

    def __init__(self, database: Database, writer: LogWriter, publisher: Publisher, bus: StreamReader) -> None:
        self._database, self._writer, self._publisher, self._bus = database, writer, publisher, bus
        self._file = _identity(database)
        self._pending: list[Entry] = []
        self._next: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._agreed = False
        self.problem = "The audit log is opening."
        self.written_at = time.monotonic()

    async def add(self, entries: Sequence[Entry]) -> None:
        """In the log, signed and on the stream when this returns; waits as long as that is impossible."""
        self._pending += entries
        if self._next is None:
            self._next = asyncio.create_task(self._write_pending())
        await asyncio.shield(self._next)

    async def check(self) -> None:
        """Look once a second whether the log could be written, and sets `problem`."""
        async with self._writing:
            await self._tried([])

    async def sign_idle(self) -> None:
        """A checkpoint that says: nothing more until now."""
        async with self._writing:
            if await self._tried([]):
                await self._writer.sign_idle()
                self.written_at = time.monotonic()

    async def _write_pending(self) -> None:
        async with self._writing:
            entries, self._pending, self._next = self._pending, [], None
            while not await self._tried(entries):  # noqa: ASYNC110
                await asyncio.sleep(AGAIN_SECONDS)
            self.written_at = time.monotonic()

    async def _tried(self, entries: list[Entry]) -> bool:
        try:
            self._same_file()
            if not self._agreed:
                await reconcile(self._database, self._bus)
                await self._publisher.publish()
                await self._writer.append(await earlier(self._database))
                self._agreed = True
            await self._writer.append(entries)
        except Exception as error:  # drivers raise many types; nothing is acknowledged until it is stored
            # A store that refuses is asked again: nothing is acknowledged, and questions are refused meanwhile.
            self._agreed = False
            self._report_problem(str(error).split("\n")[0] or type(error).__name__)
            return False
        self.problem = ""
        return True

    def _report_problem(self, problem: str) -> None:
        if problem != self.problem:
            log.error("the audit log cannot be written: %s", problem)
        self.problem = problem

    def _same_file(self) -> None:
        # SQLite goes on acknowledging into a file that was deleted or replaced.
        if self._file != _identity(self._database):
            raise DamagedLog("The file of the audit log was deleted or replaced while in use. Restore it and restart.")


def _identity(database: Database) -> tuple[int, int] | None:
    if database.engine.dialect.name != "sqlite":
        return None
    try:
        found = Path(database.engine.url.database or "").stat()
    except OSError:
        return (0, 0)
    return found.st_dev, found.st_ino
