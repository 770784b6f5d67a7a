"""Records of before the log was a tree become its first leaves."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit.log.entries import Entry
from services.audit.log.tables import leaves
from shared.sql.database import Database

PAGE = 1000
EARLIER = """SELECT seq, at, stream, stream_seq, subject, event_id, source, about, principal, size, digest
    FROM trail WHERE seq > :after ORDER BY seq LIMIT :page"""


async def earlier(database: Database) -> list[Entry]:
    """Those that are not in the log yet, oldest first; none, once it has begun."""
    async with database.reading() as connection:
        if await connection.scalar(select(func.count()).select_from(leaves)):
            return []
        return await _all(connection)


async def _all(connection: AsyncConnection) -> list[Entry]:
    found, after = list[Entry](), 0
    while True:
        rows = (await connection.execute(text(EARLIER), {"after": after, "page": PAGE})).all()
        found += [_entry(row) for row in rows]
        if len(rows) < PAGE:
            return found
        after = rows[-1].seq


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        at=_micros(row.at),
        stream=row.stream,
        stream_seq=row.stream_seq,
        subject=row.subject,
        event_id=row.event_id,
        source=row.source,
        principal=row.principal,
        about=row.about,
        size=row.size,
        digest=row.digest,
    )


def _micros(at: datetime | str) -> int:
    """SQLite gives text without a zone; all of ours are UTC."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1e6)
