"""Records of an API or a tool as rows, without those that the asker may not see."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from services.connectors.databases.errors import changed
from services.connectors.databases.rows import Cell, Rows, cell
from services.connectors.declarations.parameters import NamedQuery
from services.connectors.declarations.sources import Source
from services.connectors.rights.filters import values_of
from shared.errors import NotReady
from shared.security.capability import Right

Record = Mapping[str, Any]


def records(reply: Any, items: str, title: str) -> Sequence[Record]:
    """The list at the place `items` (`data.rows`), or the reply itself. `Refused` when there is none."""
    found = reply
    try:
        for key in filter(None, items.split(".")):
            found = found[key]
    except (KeyError, TypeError) as error:
        raise changed(title, f"its reply has no list at {items!r}") from error
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise changed(title, f"its reply has no list of records at {items!r}")
    return found


def rows_of(query: NamedQuery, source: Source, found: Sequence[Record], right: Right) -> Rows:
    """The columns that the query declares, or all; at most `max_rows`."""
    seen = [one for one in found if _may_see(query, source, one, right)]
    names = tuple(query.columns) or tuple(dict.fromkeys(name for one in seen for name in one))
    most = source.max_rows
    rows = tuple(tuple(_plain(one.get(name)) for name in names) for one in seen[:most])
    return Rows(names, rows, len(seen) > most)


def service_token(source: Source, folder: Path) -> str:
    """The token that the source itself was given, or nothing."""
    if not source.token_file:
        return os.environ.get(source.token_env, "") if source.token_env else ""
    path = folder / source.token_file
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise NotReady(f"The token file {path} cannot be read ({error.strerror}). Mount it.") from error


def _may_see(query: NamedQuery, source: Source, record: Record, right: Right) -> bool:
    """Every party may see the value of each field that a scope limits."""
    return all(
        (values := values_of(source.scopes.get(scope, {}), holders)) is None or record.get(name) in values
        for name, scope in query.scoped.items()
        for holders in right.parties
    )


def _plain(value: Any) -> Cell:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else cell(value)
