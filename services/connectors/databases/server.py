"""Database servers through SQLAlchemy: a read-only transaction with a timeout, rolled back at its end."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError

from services.connectors.databases import kinds
from services.connectors.databases.errors import away, changed, costly, denied, failed, slow, unsafe
from services.connectors.databases.rows import Rows, collected
from services.connectors.databases.slots import Slots
from services.connectors.declarations.sources import Source
from shared.errors import NotReady, Refused

KINDS = kinds.KINDS
# Drivers have no number for it while they connect: PostgreSQL, MySQL and MariaDB, SQL Server, Oracle.
DENIED = re.compile(
    r"authentication failed|no pg_hba.conf entry|(?:role|database) \".*\" does not exist|access denied for user|"
    r"unknown database|login failed|ORA-01017",
    re.IGNORECASE,
)


class Server:
    """One database server; `kind` knows what is special about it."""

    def __init__(self, source: Source, url: str, kind: kinds.Kind) -> None:
        self.dialect = kind.dialect
        self._source, self._kind = source, kind
        self._url = make_url(url)
        if "+" not in self._url.drivername:
            self._url = self._url.set(drivername=f"{self._url.drivername}+{kind.driver}")
        self._looked = False
        self._slots = Slots(self.title, source.connections, source.timeout_seconds)

    @property
    def title(self) -> str:
        return self._source.title.said(True)

    @cached_property
    def _engine(self) -> Engine:
        try:
            return create_engine(
                self._url,
                pool_size=self._source.connections,
                max_overflow=0,
                pool_timeout=1,
                pool_pre_ping=True,
                pool_recycle=1800,
                connect_args=self._kind.connect_arguments(self._source.timeout_seconds),
            )
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            words = f"The driver {self._kind.driver} is not installed. Run `uv pip install {self._kind.package}`."
            raise NotReady(f"'{self.title}': {words}") from error

    async def run(self, sql: str, most: int, settings: Mapping[str, str]) -> Rows:
        """At most `most` rows."""
        return await self._slots.run(lambda: self._run(sql, most, settings))

    async def writes(self) -> list[str]:
        """Privileges that a reader does not need, as the server tells them."""
        return await self._slots.run(self._writes)

    async def close(self) -> None:
        """Close the pool; what runs ends by its own limit."""
        self._slots.close()
        if "_engine" in self.__dict__:
            self._engine.dispose()

    def _run(self, sql: str, most: int, settings: Mapping[str, str]) -> Rows:
        self._read_only()
        try:
            with self._engine.connect() as connection:
                connection = connection.execution_options(no_parameters=True)
                self._prepare(connection, settings)
                self._require_affordable(connection, sql)
                found = connection.exec_driver_sql(sql)
                columns, rows = list(found.keys()), found.fetchmany(most + 1)
                found.close()
                connection.rollback()
        except SQLAlchemyError as error:
            raise self._worded(error) from error
        return collected(columns, rows, most)

    def _writes(self) -> list[str]:
        try:
            with self._engine.connect() as connection:
                found = self._kind.writes(connection)
                connection.rollback()
        except SQLAlchemyError as error:
            raise self._worded(error) from error
        return found

    def _prepare(self, connection: Connection, settings: Mapping[str, str]) -> None:
        for statement in self._kind.before(self._source.timeout_seconds, settings):
            connection.exec_driver_sql(statement)

    def _read_only(self) -> None:
        """A login that can write is not used: looked at once, with the first query."""
        if not self._looked:
            if found := self._writes():
                raise unsafe(self.title, found[0])
            self._looked = True

    def _require_affordable(self, connection: Connection, sql: str) -> None:
        cost = self._kind.cost(connection, sql)
        if cost is not None and cost > self._source.max_cost:
            raise costly(self.title)

    def _worded(self, error: Any) -> Refused:
        if not isinstance(error, DBAPIError):
            return away(self.title)
        state = self._kind.state(error.orig)
        if state == "slow":
            return slow(self.title, self._source.timeout_seconds)
        detail = str(error.orig).splitlines()[0][:200]
        if state == "changed":
            return changed(self.title, detail)
        if DENIED.search(detail):
            return denied(self.title)
        gone = isinstance(error, OperationalError) or error.connection_invalidated
        return away(self.title) if gone else failed(self.title, detail)
