"""One named query for one asker: guarded, run, and what it gave."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

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

if TYPE_CHECKING:  # the MCP client takes .7 s to import; most have no such source
    from services.connectors.mcp_servers.calling import ToolServer


class Proof(NamedTuple):
    """The capability of a question, which a token of its asker is made from; never part of a result."""

    query: str
    capability: str


NO_PROOF = Proof("", "")


@dataclass(frozen=True)
class Run:
    """A named query with its parameters, for one asker."""

    name: str
    query: NamedQuery
    source: Source
    parameters: Mapping[str, Cell]
    in_chinese: bool
    proof: Proof = NO_PROOF


class Databases(Protocol):
    """Where a source's database, API or MCP server is found."""

    def database(self, name: str, source: Source) -> Database:
        """The database of this name."""

    def api(self, name: str, source: Source) -> Api:
        """The API of this name."""

    def tools(self, name: str, source: Source) -> "ToolServer":
        """The MCP server of this name."""

    async def person_token(self, proof: Proof, server: str) -> str:
        """A token that tells this server who asks."""


async def execute(run: Run, right: Right, context: Databases) -> tuple[RowSet, float]:
    """The rows this asker may see, and the seconds they took."""
    began = time.monotonic()
    if run.source.kind != "database":
        statement, rows = await _asked(run, right, context)
        return _row_set(run, statement, rows, api_digest(run.source, right, run.query.source)), _since(began)
    database = context.database(run.query.source, run.source)
    view = view_of(run.source, database.dialect, right)
    most = run.source.max_rows
    statement = guarded(run.query.sql, view, most + 1, dict(run.parameters)).sql(database.dialect)
    rows = await database.run(statement, most, session_settings(run.source, right))
    return _row_set(run, statement, rows, scope_digest(view, run.query.source)), _since(began)


async def _asked(run: Run, right: Right, context: Databases) -> tuple[str, Rows]:
    """An API by GET, or a tool of an MCP server, which may want to know who asks."""
    name, source = run.query.source, run.source
    if source.kind == "api":
        address, rows = await context.api(name, source).run(run.query, run.parameters, right)
        return f"GET {address}", rows
    server = context.tools(name, source)
    token = await context.person_token(run.proof, server.audience) if server.audience else ""
    return await server.run(run.query, run.parameters, right, token)


def _row_set(run: Run, statement: str, rows: Rows, rights: str) -> RowSet:
    title = run.source.title.said(run.in_chinese)
    origin = Origin(run.query.source, title, run.name, statement, rights, datetime.now(UTC))
    period = about(run.query, run.parameters, run.in_chinese)
    return row_set(run.query, origin, rows, run.parameters, run.in_chinese, period)


def _since(began: float) -> float:
    return time.monotonic() - began


def recorded(query: str, client: str, right: Right, result: RowSet, seconds: float) -> QueryExecuted:
    """For the audit log: what was read by whom, as query, digest and number of rows."""
    return QueryExecuted(
        query=query,
        client=client,
        principal=right.principal,
        source=result.source,
        name=result.query,
        statement=result.statement,
        row_count=result.row_count,
        digest=result.digest,
        seconds=round(seconds, 4),
    )
