"""One named query for one asker: guarded, run, and what it gave."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from services.connectors.databases import Database
from services.connectors.databases.rows import Cell
from services.connectors.declarations.parameters import NamedQuery
from services.connectors.declarations.sources import Source
from services.connectors.guard import guarded
from services.connectors.results.passages import Origin, row_set
from services.connectors.results.periods import about
from services.connectors.rights.session import session_settings
from services.connectors.rights.visibility import scope_digest, view_of
from shared.capability import Right
from shared.events import QueryExecuted, RowSet


@dataclass(frozen=True)
class Run:
    """A named query with its parameters, for one asker."""

    name: str
    query: NamedQuery
    source: Source
    parameters: Mapping[str, Cell]
    in_chinese: bool


class Databases(Protocol):
    """Where a source's database is found."""

    def database(self, name: str, source: Source) -> Database:
        """The one of this name."""


async def execute(run: Run, right: Right, context: Databases) -> tuple[RowSet, float]:
    """The rows this asker may see, and the seconds they took."""
    database = context.database(run.query.source, run.source)
    view = view_of(run.source, database.dialect, right)
    most = run.source.max_rows
    statement = guarded(run.query.sql, view, most + 1, dict(run.parameters)).sql(database.dialect)
    began = time.monotonic()
    rows = await database.run(statement, most, session_settings(run.source, right))
    seconds = time.monotonic() - began
    origin = Origin(
        run.query.source, run.source.title.said(run.in_chinese), run.name, statement,
        scope_digest(view, run.query.source), datetime.now(UTC),
    )  # fmt: skip
    title = about(run.query, run.parameters, run.in_chinese)
    return row_set(run.query, origin, rows, run.parameters, run.in_chinese, title), seconds


def recorded(query: str, client: str, right: Right, result: RowSet, seconds: float) -> QueryExecuted:
    """For the audit log: what was read by whom, as query, digest and number of rows."""
    return QueryExecuted(
        query=query, client=client, principal=right.principal, source=result.source, name=result.query,
        statement=result.statement, row_count=result.row_count, digest=result.digest, seconds=round(seconds, 4),
    )  # fmt: skip
