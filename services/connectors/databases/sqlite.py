"""SQLite: a file opened read-only, an authorizer that knows the declared columns, and a clock."""

import queue
import sqlite3
import time
from collections.abc import Callable, Mapping

import sqlglot
from sqlalchemy import make_url
from sqlglot import exp

from services.connectors.databases.errors import away, changed, failed, slow
from services.connectors.databases.rows import Rows, collected, decoded
from services.connectors.databases.slots import Slots
from services.connectors.declarations.sources import Source
from shared.errors import Refused

STEPS = 10_000  # of SQLite's machine, between two looks at the clock
FUNCTIONS = frozenset(
    [
        "abs",
        "avg",
        "coalesce",
        "count",
        "date",
        "datetime",
        "dense_rank",
        "first_value",
        "ifnull",
        "instr",
        "julianday",
        "lag",
        "last_value",
        "lead",
        "length",
        "like",
        "lower",
        "ltrim",
        "max",
        "min",
        "nullif",
        "rank",
        "replace",
        "round",
        "row_number",
        "rtrim",
        "sign",
        "strftime",
        "substr",
        "substring",
        "sum",
        "total",
        "trim",
        "upper",
        "concat",
    ]
)
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 2_000_000, sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 20,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200, sqlite3.SQLITE_LIMIT_SQL_LENGTH: 50_000,
}  # fmt: skip


class Sqlite:
    """Connections are made as needed, at most `connections`, and used again."""

    dialect = "sqlite"

    def __init__(self, source: Source, url: str) -> None:
        self._source, self._path = source, make_url(url).database or ""
        self._slots = Slots(source.title.said(True), source.connections, source.timeout_seconds)
        self._idle: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._readable = _readable(source)

    async def run(self, sql: str, most: int, settings: Mapping[str, str]) -> Rows:
        """At most `most` rows. SQLite has no row security of its own: `settings` mean nothing to it."""
        return await self._slots.run(lambda: self._run(sql, most))

    async def writes(self) -> list[str]:
        """Nothing: the file is opened read-only."""
        return []

    async def close(self) -> None:
        """Close what is idle."""
        self._slots.close()
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def _run(self, sql: str, most: int) -> Rows:
        try:
            connection = self._connection()
        except sqlite3.Error as error:
            raise away(self._source.title.said(True)) from error
        end = time.monotonic() + self._source.timeout_seconds
        connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        try:
            cursor = connection.execute(sql)
            found = cursor.fetchmany(most + 1)
            cursor.close()
        except sqlite3.Error as error:
            raise self._worded(error) from error
        finally:
            self._idle.put(connection)
        return collected([column[0] for column in cursor.description or ()], found, most)

    def _worded(self, error: sqlite3.Error) -> Refused:
        title, words = self._source.title.said(True), str(error)
        if words == "interrupted":
            return slow(title, self._source.timeout_seconds)
        if words.startswith(("no such table", "no such column")):
            return changed(title, words)
        if words.startswith(("database is locked", "disk I/O", "unable to open", "database disk image")):
            return away(title)
        return failed(title, words)

    def _connection(self) -> sqlite3.Connection:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return open_read_only(self._path, self._readable)


def open_read_only(path: str, readable: Callable[[str, str], bool]) -> sqlite3.Connection:
    """A connection that can do nothing but read what `readable(table, column)` says."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    connection.text_factory = decoded
    for limit, value in LIMITS.items():
        connection.setlimit(limit, value)
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA trusted_schema=OFF")

    def authorize(action: int, first: str | None, second: str | None, _: str | None, __: str | None) -> int:
        allowed = (
            action == sqlite3.SQLITE_SELECT
            or (action == sqlite3.SQLITE_READ and readable(first or "", second or ""))
            or (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FUNCTIONS)
        )
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    connection.set_authorizer(authorize)
    return connection


def _readable(source: Source) -> Callable[[str, str], bool]:
    columns = {(table.lower(), column.lower()) for table, one in source.tables.items() for column in one.columns}
    tables = {table for table, _ in columns}
    filters = [sqlglot.parse_one(one.rows, dialect="sqlite") for one in source.tables.values() if one.rows]
    tables |= {table.name.lower() for tree in filters for table in tree.find_all(exp.Table)}
    used = {column.name.lower() for tree in filters for column in tree.find_all(exp.Column)}

    def readable(table: str, column: str) -> bool:
        table, column = table.lower(), column.lower()
        return (table, column) in columns or (table in tables and (column in used or not column))

    return readable
