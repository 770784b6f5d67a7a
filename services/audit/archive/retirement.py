"""What is archived and old leaves the tables; its hashes and checkpoints stay, so that the log still verifies."""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, func, select, text

from services.audit.log.tables import batches, leaves
from shared.sql.database import Database

log = logging.getLogger(__name__)
ROWS = 5_000  # deleted at once: a writer waits no longer than for these


async def horizon(database: Database) -> int:
    """The last record that may have left."""
    async with database.reading() as connection:
        return int(await connection.scalar(text("SELECT seq FROM log_horizon")) or 0)


async def retire(database: Database, unarchived: Sequence[date], days: int, now: datetime | None = None) -> int:
    """How many records left: those before the first day that is not archived, and `days` old."""
    limit = (now or datetime.now(UTC)) - timedelta(days=days)
    if unarchived:
        limit = min(limit, datetime.combine(unarchived[0], datetime.min.time(), UTC))
    micros = round(datetime.combine(limit.date(), datetime.min.time(), UTC).timestamp() * 1e6)
    async with database.transaction() as connection:
        low = int(await connection.scalar(select(func.max(batches.c.size)).where(batches.c.at < micros)) or 0)
        raised = text("UPDATE log_horizon SET seq = :low WHERE seq < :low")
        await connection.execute(raised, {"low": low})
    return await _delete(database, low)


async def _delete(database: Database, low: int) -> int:
    count = 0
    while True:
        oldest = select(leaves.c.seq).where(leaves.c.seq <= low).order_by(leaves.c.seq).limit(ROWS)
        async with database.transaction() as connection:
            gone = await connection.execute(delete(leaves).where(leaves.c.seq.in_(oldest.scalar_subquery())))
        count += gone.rowcount
        if gone.rowcount < ROWS:
            break
    if count:
        log.info("%d archived records left the tables of the audit log", count)
        await database.scrub()
    return count
