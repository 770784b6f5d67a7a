"""A source's URL in, its database out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from services.connectors.databases.rows import Rows
from services.connectors.databases.server import KINDS, Server
from services.connectors.databases.sqlite import Sqlite
from services.connectors.declarations.sources import Source
from shared.errors import NotReady


class Database(Protocol):
    """`dialect` is sqlglot's name. Statements come from the guard alone."""

    dialect: str

    async def run(self, sql: str, most: int, settings: Mapping[str, str]) -> Rows:
        """Read at most `most` rows in a read-only transaction, with `settings` for its own row security."""

    async def writes(self) -> list[str]:
        """What the credential may do besides reading."""

    async def close(self) -> None:
        """Give the connections back."""


def dialect_of(source: Source, folder: Path) -> str:
    """The dialect that a source's filters and queries are written in."""
    return "sqlite" if kind_of(source, folder) == "sqlite" else KINDS[kind_of(source, folder)].dialect


def open_database(source: Source, folder: Path) -> Database:
    """Connects at the first query. `NotReady` when the URL says nothing that is known."""
    url, kind = source.address(folder), kind_of(source, folder)
    return Sqlite(source, url) if kind == "sqlite" else Server(source, url, KINDS[kind])


def kind_of(source: Source, folder: Path) -> str:
    """The name that SQLAlchemy has for it. `NotReady` when the URL says nothing that is known."""
    try:
        name = make_url(source.address(folder)).get_backend_name()
    except ArgumentError as error:
        raise NotReady(f"The URL of '{source.title.en}' is no database URL. Write `postgresql://…`.") from error
    if name not in ("sqlite", *KINDS):
        raise NotReady(f"There is no source of the kind {name!r}. There are: sqlite, {', '.join(KINDS)}.")
    return name
