"""Named queries called by name: which there are for somebody, and one of them run with given values."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from services.connectors.context import ConnectorsContext
from services.connectors.declarations.parameters import Choice, Integer, NamedQuery, Parameter, Period, Text, Value
from services.connectors.declarations.sources import Declarations
from services.connectors.execution import Proof, Run, execute
from services.connectors.named.binding import checked
from services.connectors.rights.visibility import may, open_sources
from shared.errors import Refused
from shared.events import NamedQueryState, ParameterState, RowSet
from shared.security.capability import Right


def open_queries(declarations: Declarations, right: Right) -> dict[str, NamedQuery]:
    """The named queries that this asker may use."""
    sources = open_sources(declarations, right)
    return {
        name: query
        for name, query in declarations.queries.items()
        if query.source in sources and may(query.allow, right)
    }


async def call(
    name: str, given: Mapping[str, Any], right: Right, context: ConnectorsContext, in_chinese: bool, proof: Proof
) -> tuple[Run, RowSet, float]:
    """The run, its rows and the seconds it took. `Refused` (404) for a query that is not there or not open."""
    declarations = await context.declarations()
    known = open_queries(declarations, right)
    if name not in known:
        near = get_close_matches(name[:64], known, 1)
        hint = f"Did you mean {near[0]!r}?" if near else "See GET /api/data/queries."
        raise Refused("named_query_not_found", f"There is no named query {name[:64]!r} that you may use. {hint}", 404)
    query = known[name]
    source = context.source_of(declarations, query, right)
    run = Run(name, query, source, checked(query, given, context.now()), in_chinese, proof)
    return run, *await execute(run, right, context)


def described(name: str, query: NamedQuery, chinese: bool) -> NamedQueryState:
    """For callers and the page."""
    return NamedQueryState(
        name=name,
        source=query.source,
        title=query.title.said(chinese),
        description=query.description.said(chinese),
        examples=query.examples,
        parameters=tuple(_described(key, one, chinese) for key, one in query.parameters.items()),
    )


def _described(name: str, parameter: Parameter, chinese: bool) -> ParameterState:
    title = parameter.title.said(chinese) if parameter.title else name
    state = ParameterState(name=name, type=parameter.type, title=title, required=_required(parameter))
    match parameter:
        case Integer():
            limits = {"minimum": parameter.min, "maximum": parameter.max, "default": parameter.default}
            return state.model_copy(update=limits)
        case Choice():
            return state.model_copy(update={"values": tuple(parameter.values), "default": parameter.default})
        case Period() | Value() | Text():
            return state.model_copy(update={"default": parameter.default or None})


def _required(parameter: Parameter) -> bool:
    return parameter.default in (None, "")
