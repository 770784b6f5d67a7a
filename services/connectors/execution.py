"""One named query for one asker: guarded, run, and what it gave."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from services.connectors.apis import Api
from services.connectors.databases import Database
from services.connectors.databases.rows import Cell, Rows
from services.connectors.declarations.parameters import NamedQuery
from services.connectors.declarations.sources import Source
from services.connectors.guard import guarded
from services.connectors.results.passages import Origin, row_set
from services.connectors.results.periods import about
from services.connectors.rights.session import session_settings
from services.connectors.rights.visibility import api_digest, scope_digest, view_of
from shared.events import QueryExecuted, RowSet
from shared.security.capability import Right


@dataclass(frozen=True)
class Run:
    """A named query with its parameters, for one asker."""

    name: str
    query: NamedQuery
    source: Source
    parameters: Mapping[str, Cell]
    in_chinese: bool


class Databases(Protocol):
    """Where a source's database or API is found."""

    def database(self, name: str, source: Source) -> Database:
        """The database of this name."""

    def api(self, name: str, source: Source) -> Api:
        """The API of this name."""


async def execute(run: Run, right: Right, context: Databases) -> tuple[RowSet, float]:
    """The rows this asker may see, and the seconds they took."""
    began = time.monotonic()
    if run.source.api:
        statement, rows = await context.api(run.query.source, run.source).run(run.query, run.parameters, right)
        return _told(run, f"GET {statement}", rows, api_digest(run.source, right, run.query.source)), _since(began)
    database = context.database(run.query.source, run.source)
    view = view_of(run.source, database.dialect, right)
    most = run.source.max_rows
    statement = guarded(run.query.sql, view, most + 1, dict(run.parameters)).sql(database.dialect)
    rows = await database.run(statement, most, session_settings(run.source, right))
    return _told(run, statement, rows, scope_digest(view, run.query.source)), _since(began)


def _told(run: Run, statement: str, rows: Rows, rights: str) -> RowSet:
    title = run.source.title.said(run.in_chinese)
    origin = Origin(run.query.source, title, run.name, statement, rights, datetime.now(UTC))
    period = about(run.query, run.parameters, run.in_chinese)
    return row_set(run.query, origin, rows, run.parameters, run.in_chinese, period)


def _since(began: float) -> float:
    return time.monotonic() - began


def recorded(query: str, client: str, right: Right, result: RowSet, seconds: float) -> QueryExecuted:
    """For the audit log: what was read by whom, as query, digest and number of rows."""
    return QueryExecuted(
        query=query, client=client, principal=right.principal, source=result.source, name=result.query,
        statement=result.statement, row_count=result.row_count, digest=result.digest, seconds=round(seconds, 4),
    )  # fmt: skip
