"""Keeps texts of questions and answers sealed, opens them, and forgets them with their key."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit.content.sealing import Master, new_key, opened, seal
from services.audit.content.tables import content, content_keys
from shared.sql.database import Database

INSERTS: dict[str, Callable[..., Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a person; `at` is in µs."""

    person: str
    query: str
    field: str
    at: int
    text: str


class Vault:
    """The texts of one log. Destroying a person's key makes every copy of their texts unreadable."""

    def __init__(self, database: Database, master: Master) -> None:
        self._database, self._master = database, master

    async def keep(self, texts: Sequence[Text]) -> None:
        """On the disk when this returns; what is there already stays."""
        texts = [each for each in texts if each.person and each.query]
        if not texts:
            return
        insert = INSERTS[self._database.engine.dialect.name]
        async with self._database.transaction() as connection:
            keys = await self._keys(connection, {each.person for each in texts})
            rows = [_row(each, keys[each.person]) for each in texts]
            await connection.execute(insert(content).on_conflict_do_nothing(), rows)

    async def _keys(self, connection: AsyncConnection, persons: set[str]) -> dict[str, bytes]:
        known = await self._known(connection, persons)
        if missing := persons - known.keys():
            made = [{"person": who, "wrapped": self._master.wrap(new_key(), who)} for who in sorted(missing)]
            insert = INSERTS[connection.dialect.name](content_keys).on_conflict_do_nothing()
            await connection.execute(insert, made)
            known = await self._known(connection, persons)  # another replica may have been first
        return known

    async def _known(self, connection: AsyncConnection, persons: Iterable[str]) -> dict[str, bytes]:
        found = await connection.execute(select(content_keys).where(content_keys.c.person.in_(sorted(persons))))
        return {row.person: self._master.unwrap(row.wrapped, row.person) for row in found}

    async def read(self, query: str) -> list[Text]:
        """The texts of a query, the question first; those whose key is destroyed are gone."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(content).where(content.c.query == query))).all()
            keys = await self._known(connection, {row.person for row in rows})
        texts = [
            Text(row.person, query, row.field, row.at, _text(row, keys[row.person]))
            for row in rows
            if row.person in keys
        ]
        return sorted(texts, key=lambda text: text.field, reverse=True)

    async def forget(self, person: str, before: int) -> int:
        """How many texts from before `before` (µs) went. With the last one the key goes."""
        mine = content.c.person == person
        async with self._database.transaction() as connection:
            gone = await connection.execute(delete(content).where(mine, content.c.at < before))
            if not (await connection.execute(select(content.c.query).where(mine).limit(1))).first():
                await connection.execute(delete(content_keys).where(content_keys.c.person == person))
        await self._database.scrub()
        return gone.rowcount

    async def expire(self, before: int, held: Collection[str], queries: Collection[str]) -> int:
        """How many older than `before` (µs) went; those of `held` persons, and `queries`, stay."""
        old = (content.c.at < before) & content.c.person.not_in(held) & content.c.query.not_in(queries)
        async with self._database.transaction() as connection:
            gone = await connection.execute(delete(content).where(old))
        if gone.rowcount:
            await self._database.scrub()
        return gone.rowcount


def _row(each: Text, key: bytes) -> dict[str, Any]:
    sealed = seal(key, each.text, each.person, each.query, each.field)
    return {"query": each.query, "field": each.field, "person": each.person, "at": each.at, "sealed": sealed}


def _text(row: Any, key: bytes) -> str:
    return opened(key, row.sealed, row.person, row.query, row.field)
