"""Stores which indexes exist and which one is live, so that a restart goes on from there."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from services.retrieval.tables import indexes
from shared.sql.database import Database


class IndexRow(NamedTuple):
    """`embedder` is the setting that it was made with, `size` its vectors' length."""

    name: str
    embedder: str
    size: int
    live: bool


class IndexRepository:
    """Their rows; at most one is live."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Sequence[IndexRow]:
        """All of them, by name."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(indexes).order_by(indexes.c.name))
        return [IndexRow(**row) for row in found.mappings()]

    async def add(self, name: str, embedder: str, size: int) -> None:
        """One that is being built; one that is known gets its embedder's new setting."""
        known = name in {one.name for one in await self.all()}
        about = {"embedder": embedder, "size": size}
        async with self._database.transaction() as connection:
            if known:
                await connection.execute(update(indexes).where(indexes.c.name == name).values(about))
            else:
                await connection.execute(insert(indexes).values(about | {"name": name, "live": False}))

    async def go_live(self, name: str) -> None:
        """From now on, also after a restart, this one is searched and no other."""
        async with self._database.transaction() as connection:
            await connection.execute(update(indexes).values(live=indexes.c.name == name))

    async def forget(self, name: str) -> None:
        """It is gone."""
        async with self._database.transaction() as connection:
            await connection.execute(delete(indexes).where(indexes.c.name == name))
