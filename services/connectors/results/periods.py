"""The period behind a title: what `last quarter` came to."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from services.connectors.databases.rows import Cell
from services.connectors.declarations.parameters import NamedQuery, Period


def about(query: NamedQuery, parameters: Mapping[str, Cell], chinese: bool) -> str:
    """In brackets, the last day included; empty when the query has no period."""
    for name, parameter in query.parameters.items():
        if isinstance(parameter, Period):
            start, end = (datetime.fromisoformat(str(parameters[f"{name}_{side}"])) for side in ("from", "to"))
            text = _said(start, end, "至" if chinese else "to")
            return f"（{text}）" if chinese else f" ({text})"
    return ""


def _said(start: datetime, end: datetime, to: str) -> str:
    if start.time() == end.time() == time():
        last = end - timedelta(days=1)
        return f"{start:%Y-%m-%d} {to} {last:%Y-%m-%d}" if last > start else f"{start:%Y-%m-%d}"
    return f"{start:%Y-%m-%d %H:%M} {to} {end:%Y-%m-%d %H:%M}"
