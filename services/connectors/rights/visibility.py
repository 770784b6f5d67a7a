"""The view of one asker: tables and columns open to all parties, rows that meet every party's filter."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from services.connectors.declarations.sources import Declarations, Source
from services.connectors.declarations.tables import SQL_TYPES, Table
from services.connectors.guard.view import View, VisibleTable
from services.connectors.rights.filters import condition, values_of
from shared.security.acl import allows
from shared.security.capability import Right

Parties = tuple[tuple[str, ...], ...]


def open_sources(declarations: Declarations, right: Right) -> dict[str, Source]:
    """The sources that this right may ask: those of its workspaces."""
    return {
        name: source for name, source in declarations.sources.items() if set(source.workspaces) & set(right.workspaces)
    }


def workspace_of(source: Source, right: Right) -> str:
    """The workspace under which the rows are cited."""
    return next(name for name in source.workspaces if name in right.workspaces)


def may(allow: Collection[str], right: Right) -> bool:
    """Whether a list of holders lets every party in; an empty one lets all in."""
    return allows(allow, (), right.parties)


def view_of(source: Source, dialect: str, right: Right) -> View:
    """What the right may see of the source; a table without a readable column is not there."""
    return _view(Declared(source), dialect, right.parties)


@dataclass(frozen=True, eq=False)
class Declared:
    """A source that is equal to itself alone: declarations that are read again are others."""

    source: Source

    def __hash__(self) -> int:
        return id(self.source)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Declared) and other.source is self.source


@lru_cache(256)
def _view(declared: Declared, dialect: str, parties: Parties) -> View:
    """The same names see the same: it takes 1 ms to put together."""
    source = declared.source
    tables = {
        name: VisibleTable(columns, _rows(source, name, dialect, parties))
        for name, table in source.tables.items()
        if allows(table.allow, (), parties) and (columns := _columns(table, parties))
    }
    return View(dialect, tables, source.namespace, frozenset(source.tables) - frozenset(tables))


@lru_cache(256)
def scope_digest(view: View, name: str) -> str:
    """A short name for what may be seen, so that an old answer is shown to nobody who may see less by now."""
    seen = {
        table: [sorted(one.columns), one.rows.sql(view.dialect) if one.rows is not None else None]
        for table, one in sorted(view.tables.items())
    }
    return hashlib.sha256(f"{name}\n{json.dumps(seen, ensure_ascii=False)}".encode()).hexdigest()[:32]


def api_digest(source: Source, right: Right, name: str) -> str:
    """The same for an HTTP API: the values of every scope, by party."""
    seen = [
        [scope, values_of(given, holders)]
        for scope, given in sorted(source.scopes.items())
        for holders in right.parties
    ]
    return hashlib.sha256(f"{name}\n{json.dumps(seen, ensure_ascii=False)}".encode()).hexdigest()[:32]


def _columns(table: Table, parties: Parties) -> dict[str, str]:
    seen = {name: one for name, one in table.columns.items() if allows(one.allow, (), parties)}
    return {name: SQL_TYPES[column.type] for name, column in seen.items()}


def _rows(source: Source, name: str, dialect: str, parties: Parties) -> exp.Expr | None:
    """Each party's filter; a system that speaks for a person sees no more than either."""
    found = [condition(source, name, dialect, holders) for holders in parties]
    given = [_in_namespace(one, source.namespace) for one in found if one is not None]
    return exp.and_(*given) if given else None


def _in_namespace(tree: exp.Expr, namespace: str) -> exp.Expr:
    for table in tree.find_all(exp.Table):
        if namespace and not table.args.get("db"):
            table.set("db", exp.to_identifier(namespace, quoted=True))
    return tree


def still_seen(declarations: Declarations, right: Right, dialects: Mapping[str, str], ids: Iterable[str]) -> list[str]:
    """Of these passage ids, those whose source looks to this asker as it did when they were read."""
    sources = open_sources(declarations, right)

    def seen(source: str) -> str:
        if source not in sources:
            return ""
        if sources[source].kind != "database":
            return api_digest(sources[source], right, source)
        return scope_digest(view_of(sources[source], dialects[source], right), source)

    places = [(one, *(one.split(":") + [""] * 4)[1:4]) for one in ids]
    # What a caller sent along with a question is the caller's own.
    return [one for one, source, _, digest in places if source == "request" or (digest and seen(source) == digest)]
