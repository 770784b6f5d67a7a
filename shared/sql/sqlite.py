"""SQLite by aiosqlite, whose thread is called once for a statement and its rows instead of four times."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import aiosqlite

CHUNK = 64  # rows, when somebody reads a cursor with `async for`
Row = Any


class Cursor(aiosqlite.Cursor):
    """Opened, run, read to its end and closed in one call; what is read afterwards is here already."""

    def __init__(self, connection: "Connection") -> None:
        super().__init__(connection, None)  # type: ignore[arg-type] # the thread opens one for each statement
        self._rows: deque[Row] = deque()
        self._told: Any = None
        self._counted = -1
        self._last: int | None = None

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> "Cursor":
        """One statement."""
        await self._call(sqlite3.Cursor.execute, sql, parameters or ())
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "Cursor":
        """The statement for each of them."""
        await self._call(sqlite3.Cursor.executemany, sql, parameters)
        return self

    async def _call(self, how: Callable[..., Any], sql: str, parameters: Any) -> None:
        await self._execute(self._run, how, sql, parameters)  # type: ignore[no-untyped-call] # it has no types

    def _run(self, how: Callable[..., Any], sql: str, parameters: Any) -> None:
        cursor = self._conn._conn.cursor()
        try:
            how(cursor, sql, parameters)
            self._told = cursor.description
            self._rows = deque(cursor.fetchall() if self._told else ())
            self._counted, self._last = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()

    async def fetchone(self) -> Row | None:
        """The next row."""
        return self._rows.popleft() if self._rows else None

    async def fetchmany(self, size: int | None = None) -> Sequence[Row]:
        """Some of the next rows."""
        return [self._rows.popleft() for _ in range(min(size or 1, len(self._rows)))]

    async def fetchall(self) -> Sequence[Row]:
        """The rows that are left."""
        rows, self._rows = self._rows, deque()
        return rows

    async def close(self) -> None:
        """It is."""

    @property
    def description(self) -> Any:
        return self._told

    @property
    def rowcount(self) -> int:
        return self._counted

    @property
    def lastrowid(self) -> int | None:
        return self._last


class Connection(aiosqlite.Connection):
    """What SQLAlchemy talks to."""

    def cursor(self) -> Cursor:  # type: ignore[override] # nothing is awaited for it
        """Without a call."""
        return Cursor(self)


def opened(database: str, **how: Any) -> Connection:
    """For `async_creator_fn`. Its thread ends with the process."""
    connection = Connection(lambda: sqlite3.connect(database, **how), CHUNK)
    connection._thread.daemon = True
    return connection
