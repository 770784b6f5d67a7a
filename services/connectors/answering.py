"""A question in, rows out: routed, bound, guarded, run, and told as a passage with its record."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from services.connectors.context import ConnectorsContext
from services.connectors.databases.rows import Cell
from services.connectors.declarations.parameters import NamedQuery, Period
from services.connectors.declarations.sources import Declarations, Source
from services.connectors.guard import guarded
from services.connectors.named.binding import Unbound, bind
from services.connectors.named.texts import chinese
from services.connectors.results.passages import Origin, passage, row_set
from services.connectors.rights.visibility import may, open_sources, scope_digest, view_of, workspace_of
from services.connectors.routing.commands import refuse_orders
from services.connectors.routing.router import Decision, decide
from shared.capability import Right
from shared.errors import Refused, Unavailable
from shared.events import Event, Passage, QueryAsked, QueryExecuted, QueryGrounded, QueryRouted, RowSet

AWAY = {True: "（{}）", False: "({})"}


@dataclass(frozen=True)
class Run:
    """A named query with its parameters, for one asker."""

    name: str
    query: NamedQuery
    source: Source
    parameters: Mapping[str, Cell]
    in_chinese: bool


async def answer(asked: QueryAsked, right: Right, context: ConnectorsContext) -> tuple[Event, ...]:
    """The events that follow from a question: what was read, and the question on its way."""
    declarations = await context.declarations()
    open_queries = queries_of(declarations, right)
    if not open_queries:
        return (QueryRouted.of(asked),)
    refuse_orders(asked.question)
    ranked = [one for one in await context.selection.ranked(asked.question) if one.name in ("", *open_queries)]
    decision = decide(asked.question, ranked)
    if decision.route == "documents":
        return (QueryRouted.of(asked),)
    try:
        found, record = await read(asked, right, context, decision)
    except Unavailable as error:
        return _without(asked, decision, error)
    except Refused as error:
        return _without(asked, decision, error)
    if decision.route == "data":
        return record, QueryGrounded.of(asked, (found,))
    return record, QueryRouted.of(asked, (found,))


def queries_of(declarations: Declarations, right: Right) -> dict[str, NamedQuery]:
    """The named queries that this asker may use."""
    sources = open_sources(declarations, right)
    return {
        name: query
        for name, query in declarations.queries.items()
        if query.source in sources and may(query.allow, right)
    }


async def read(
    asked: QueryAsked, right: Right, context: ConnectorsContext, decision: Decision
) -> tuple[Passage, QueryExecuted]:
    """Run the chosen query; `Refused` when a parameter is missing or the source cannot answer."""
    declarations = await context.declarations()
    query = declarations.queries[decision.query]
    source = context.source_of(declarations, query, right)
    parameters = await bind(
        query, asked.question, context.now(), lambda wanted: context.values(query.source, source, right, wanted)
    )
    run = Run(decision.query, query, source, parameters, chinese(asked.question))
    result, seconds = await execute(run, right, context)
    record = recorded(asked.query, asked.client, right, result, seconds)
    return passage(result, workspace_of(source, right), decision.score), record


async def execute(run: Run, right: Right, context: ConnectorsContext) -> tuple[RowSet, float]:
    """The rows this asker may see, and the seconds they took."""
    database = context.database(run.query.source, run.source)
    view = view_of(run.source, database.dialect, right)
    most = run.source.max_rows
    statement = guarded(run.query.sql, view, most + 1, dict(run.parameters)).sql(database.dialect)
    began = time.monotonic()
    rows = await database.run(statement, most, run.source.settings)
    seconds = time.monotonic() - began
    origin = Origin(
        run.query.source, run.source.title.said(run.in_chinese), run.name, statement,
        scope_digest(view, run.query.source), datetime.now(UTC),
    )  # fmt: skip
    return row_set(run.query, origin, rows, run.parameters, run.in_chinese, _about(run)), seconds


def recorded(query: str, client: str, right: Right, result: RowSet, seconds: float) -> QueryExecuted:
    """For the audit log: what was read by whom, as query, digest and number of rows."""
    return QueryExecuted(
        query=query, client=client, principal=right.principal, source=result.source, name=result.query,
        statement=result.statement, row_count=result.row_count, digest=result.digest, seconds=round(seconds, 4),
    )  # fmt: skip


def _about(run: Run) -> str:
    """The period behind a title: what `last quarter` came to."""
    for name, parameter in run.query.parameters.items():
        if isinstance(parameter, Period):
            start, end = run.parameters[f"{name}_from"], run.parameters[f"{name}_to"]
            return f"（{start} 至 {end}）" if run.in_chinese else f" ({start} to {end})"
    return ""


def _without(asked: QueryAsked, decision: Decision, error: Refused) -> tuple[Event, ...]:
    """Documents can answer alone, with a note; a question about data is refused in words."""
    if decision.route == "data" and not isinstance(error, Unbound):
        raise error if not isinstance(error, Unavailable) else Refused(error.reason, error.error, error.status)
    if decision.route == "data":
        raise error
    return (QueryRouted.of(asked, notes=(AWAY[chinese(asked.question)].format(error.error),)),)
