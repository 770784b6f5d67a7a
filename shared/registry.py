"""The services and outsiders that registry.toml declares. Everything that lists services reads it here."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PLACE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """What one service or outsider is given; registry.toml says what each field means."""

    keys: tuple[str, ...] = ()
    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()
    request: tuple[str, ...] = ()
    reply: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    release: tuple[str, ...] = ()
    consumers: tuple[dict[str, Any], ...] = ()


@cache
def services() -> dict[str, ServiceEntry]:
    """Every service by its name, in the order in which they start."""
    return {name: _entry(given) for name, given in _read()["services"].items()}


@cache
def outsider(name: str) -> ServiceEntry:
    """The `provisioner`, or an outsider of account `edge` or `soc` with `{client}` still in its subjects."""
    return _entry(_read()[name])


def _entry(given: dict[str, list[Any]]) -> ServiceEntry:
    return ServiceEntry(**{field: tuple(values) for field, values in given.items()})


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(PLACE.read_text(encoding="utf-8"))
