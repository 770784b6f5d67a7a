"""What an OpenAPI document lets be read: the GET operations with their parameters."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.errors import NotReady


@dataclass(frozen=True)
class Operation:
    """A GET: names of its path and query parameters."""

    path: str
    in_path: frozenset[str] = field(default_factory=frozenset)
    in_query: frozenset[str] = field(default_factory=frozenset)


def operations(path: Path) -> dict[str, Operation]:
    """By path. `NotReady` when the document cannot be read."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return {place: _operation(document, place, item) for place, item in document["paths"].items() if "get" in item}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise NotReady(f"The OpenAPI document {path} cannot be read ({error!r}). Give its JSON form.") from error


def _operation(document: dict[str, Any], path: str, item: dict[str, Any]) -> Operation:
    given = [_resolved(document, one) for one in (*item.get("parameters", ()), *item["get"].get("parameters", ()))]
    places = {place: frozenset(one["name"] for one in given if one.get("in") == place) for place in ("path", "query")}
    return Operation(path, places["path"], places["query"])


def _resolved(document: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    found: Any = document
    for key in str(parameter.get("$ref", "")).removeprefix("#/").split("/") if "$ref" in parameter else ():
        found = found[key]
    return dict(found) if "$ref" in parameter else parameter
