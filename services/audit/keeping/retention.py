"""What is old leaves, each class after its own time; what a legal hold covers stays."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from services.audit.archive.daily import Archive
from services.audit.archive.retirement import retire
from services.audit.content.vault import Vault
from services.audit.keeping.holds import Holds
from services.audit.settings import AuditSettings
from shared.events import HoldState

log = logging.getLogger(__name__)
LOOK_SECONDS = 600.0


class Retention:
    """Three classes: kept texts, records in the tables, and archived days."""

    def __init__(self, archive: Archive, vault: Vault, holds: Holds, limits: AuditSettings) -> None:
        self._archive, self._vault, self._holds, self._limits = archive, vault, holds, limits

    async def run(self) -> None:
        """Every ten minutes for ever; a disk that is full is told and tried again."""
        while True:
            try:
                today = datetime.now(UTC).date()
                for day in await self._archive.missing(today):
                    log.info("archived the audit log of %s: %s", day, await self._archive.write(day))
                await self.retire(today)
            except Exception:  # of the disk or the database; the loop tries again
                log.exception("the audit log could not be archived or retired and is tried again")
            await asyncio.sleep(LOOK_SECONDS)

    async def retire(self, today: date) -> None:
        """Records and archives hold everybody's: under any hold all of them stay."""
        holds = await self._holds.every()
        await self._expire_texts(holds, today)
        if not holds:
            now = datetime.combine(today, datetime.min.time(), UTC)
            await retire(self._archive.database, await self._archive.missing(today), self._limits.keep_days, now)
            self._archive.remove_old(today)

    async def _expire_texts(self, holds: Sequence[HoldState], today: date) -> None:
        """A text does not say its workspace: under a hold on one, all texts stay."""
        named = [one.about.partition(":") for one in holds]
        if any(kind == "workspace" for kind, _, _ in named):
            return
        oldest = datetime.combine(today, datetime.min.time(), UTC) - timedelta(days=self._limits.keep_content_days)
        persons = [one.about for one in holds]
        queries = [name for kind, _, name in named if kind == "query"]
        if gone := await self._vault.expire(round(oldest.timestamp() * 1e6), persons, queries):
            log.info("%d kept texts are older than %d days and gone", gone, self._limits.keep_content_days)
