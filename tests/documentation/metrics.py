"""The table of metrics, from the registry that `/metrics` prints."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from prometheus_client import REGISTRY

from shared.registry import services


def lines() -> Iterator[str]:
    yield from ("| metric | type | labels | what it tells |", "| --- | --- | --- | --- |")
    for metric in sorted(declared(), key=lambda one: one._name):
        name = metric._name + ("_total" if metric._type == "counter" else "")
        labels = ", ".join(f"`{label}`" for label in metric._labelnames) or "—"
        yield f"| `{name}` | {metric._type} | {labels} | {metric._documentation} |"


def declared() -> list[Any]:
    """Cloister's own metrics, of all services."""
    for name in services():
        import_module(f"services.{name}")
    every = set(REGISTRY._names_to_collectors.values())
    return [one for one in every if getattr(one, "_name", "").startswith("cloister_")]
