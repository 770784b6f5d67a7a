"""The end of the log: the tree as last committed, checked against the signed checkpoint."""

from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit.log.tables import batches, tiles
from services.audit.log.tree.note import root_of, size_of
from services.audit.log.tree.tiles import Frontier


class DamagedLog(Exception):
    """The log contradicts what was signed: nothing more is written until somebody has looked."""


@dataclass(frozen=True, slots=True)
class LogHead:
    """The tree, the number of the last batch, and the checkpoint that it was signed with."""

    batch: int
    frontier: Frontier
    note: str


async def read_head(connection: AsyncConnection) -> LogHead:
    """From the tables: the last tile of each level is where the tree goes on. `DamagedLog` when they disagree."""
    last = select(tiles.c.level, func.max(tiles.c.number).label("number")).group_by(tiles.c.level).subquery()
    found = select(tiles).join(last, and_(tiles.c.level == last.c.level, tiles.c.number == last.c.number))
    rows = (await connection.execute(found.order_by(tiles.c.level))).all()
    batch = (await connection.execute(select(batches).order_by(batches.c.number.desc()).limit(1))).first()
    head = LogHead(batch.number if batch else 0, _frontier(rows), batch.note if batch else "")
    _agree(head)
    return head


def _frontier(rows: object) -> Frontier:
    try:
        return Frontier([(row.number, row.hashes) for row in rows])  # type: ignore[attr-defined]
    except (ValueError, IndexError) as error:
        raise DamagedLog(f"The tiles at the end of the audit log do not fit together: {error}.") from error


def _agree(head: LogHead) -> None:
    size = size_of(head.note) if head.note else 0
    if head.frontier.size != size:
        raise DamagedLog(f"The tiles of the audit log hold {head.frontier.size} records, its checkpoint says {size}.")
    if head.note and root_of(head.note) != head.frontier.edge.root():
        raise DamagedLog(f"The tiles of the audit log do not give the root hash that was signed for {size} records.")
