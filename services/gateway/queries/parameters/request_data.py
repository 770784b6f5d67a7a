"""`data` of a request: rows or texts that a business system sends with its question."""

from collections.abc import Mapping
from typing import Any

import orjson

from shared.errors import Refused
from shared.events import Fragment, NamedCall

MOST, BYTES = 20, 256 * 1024
Flat = str | int | float | bool | None


def fragments(data: Mapping[str, Any]) -> tuple[Fragment, ...]:
    """One for each name; a list of records becomes a table. `Refused` (413, 422) says what is too much or wrong."""
    if len(data) > MOST:
        raise Refused("invalid", f"The field 'data' has {len(data)} parts, {MOST} at most. Send fewer.", 422)
    if wrong := next((name for name in data if not 0 < len(name.strip()) <= 100 or ":" in name), None):
        raise Refused(
            "invalid",
            f"The field 'data' cannot have a part called {wrong[:40]!r}. Name it in 1 to 100 "
            "characters without a colon.",
            422,
        )
    found = tuple(Fragment(name=name, text=_text(value)) for name, value in data.items())
    if sum(len(fragment.text.encode()) for fragment in found) > BYTES:
        raise Refused("data_too_large", "The field 'data' is larger than 256 KiB. Send what the question needs.", 413)
    return found


def named(name: str | None, parameters: Mapping[str, Any]) -> NamedCall | None:
    """The named query that the caller wants; parameters without one are refused."""
    if name is None and parameters:
        raise Refused("invalid", "The field 'parameters' needs a 'named_query'. Name it, or leave both out.", 422)
    return NamedCall(name=name, parameters=dict(parameters)) if name is not None else None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if records := _records(value):
        columns = list(dict.fromkeys(name for record in records for name in record))
        cells = [[_cell(record.get(name)) for name in columns] for record in records]
        return "\n".join(f"| {' | '.join(line)} |" for line in (columns, ["---"] * len(columns), *cells))
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _records(value: Any) -> list[dict[str, Flat]]:
    flat = isinstance(value, list) and all(
        isinstance(one, dict) and one and all(isinstance(cell, Flat) for cell in one.values()) for one in value
    )
    return value if flat else []


def _cell(value: Flat) -> str:
    return " ".join(("" if value is None else str(value)).replace("|", "\\|").split())
