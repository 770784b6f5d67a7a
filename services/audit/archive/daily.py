"""A file for each day that is over: its bundles with their checkpoints, compressed, never written twice."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import zstandard
from sqlalchemy import func, select

from services.audit.log.batches.bundle import Bundle
from services.audit.log.batches.store import bundles_after
from services.audit.log.tables import batches
from services.audit.log.tree.note import CheckpointSigner
from shared.sql.database import Database

LEVEL = 12


class Archive:
    """Files `audit-<day>.ndjson.zst` in `folder`; the first line names the log and its key."""

    def __init__(self, database: Database, signer: CheckpointSigner, folder: Path, keep_days: int = 0) -> None:
        """`keep_days` 0 is for ever."""
        self.database, self._signer, self.folder, self._keep_days = database, signer, folder, keep_days

    async def missing(self, today: date) -> list[date]:
        """Days before `today` that hold batches, whose files are still kept, and that have none."""
        oldest = select(func.min(batches.c.at))
        async with self.database.reading() as connection:
            first = await connection.scalar(oldest)
        if first is None:
            return []
        start = datetime.fromtimestamp(first / 1e6, UTC).date()
        if self._keep_days:
            start = max(start, today - timedelta(days=self._keep_days))
        days = [start + timedelta(days=n) for n in range((today - start).days)]
        return [day for day in days if not self.path(day).exists()]

    def path(self, day: date) -> Path:
        """The day's file."""
        return self.folder / f"audit-{day}.ndjson.zst"

    def remove_old(self, today: date) -> None:
        """Files of days that are kept no longer."""
        first = self.path(today - timedelta(days=self._keep_days)).name
        for path in self.folder.glob("audit-*.ndjson.zst") if self._keep_days else ():
            if path.name < first:
                path.unlink(missing_ok=True)

    async def write(self, day: date) -> Path:
        """The day's file, whole or not at all."""
        found = [bundle async for bundle in self._of(day)]
        path = self.path(day)
        await asyncio.to_thread(_write, path, [self._head(day, found), *(bundle.lines() for bundle in found)])
        return path

    async def _of(self, day: date) -> AsyncIterator[Bundle]:
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        low, high = (round((start + timedelta(days=n)).timestamp() * 1e6) for n in (0, 1))
        before = select(func.coalesce(func.max(batches.c.number), 0)).where(batches.c.at < low)
        async with self.database.reading() as connection:
            number = int(await connection.scalar(before) or 0)
        async for bundle in bundles_after(self.database, number):
            if bundle.at >= high:
                return
            yield bundle

    def _head(self, day: date, found: list[Bundle]) -> bytes:
        about = {"day": str(day), "origin": self._signer.origin, "key": self._signer.vkey, "bundles": len(found)}
        return json.dumps({"archive": about}).encode() + b"\n"


def _write(path: Path, parts: list[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        with zstandard.ZstdCompressor(level=LEVEL).stream_writer(file, closefd=False) as packed:
            for part in parts:
                packed.write(part)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(0o440)
    draft.replace(path)
