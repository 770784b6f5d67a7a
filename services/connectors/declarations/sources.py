"""Sources and everything that hangs on them."""

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from services.connectors.declarations.parameters import NamedQuery
from services.connectors.declarations.signals import SignalRule
from services.connectors.declarations.tables import Holder, Identifier, Measure, Table
from services.connectors.declarations.words import Strict, Words
from shared.errors import NotReady

FORMS = {"database": "sql", "api": "path", "tools": "tool"}
Scope = dict[Holder, Literal["*"] | list[int | str]]


class Source(Strict):
    """A database, an HTTP API or an MCP server.

    The credential is a reference: `url_file` or `url_env`, or a URL without a secret.

    `timeout_seconds`, `max_rows` and `max_cost` (the database's own estimate) limit each query;
    `connections` limits how many run at once. `workspaces` names whose askers may ask it at all.
    `settings` are set in each transaction for the database's own row security (PostgreSQL); `:scope` is filled in.
    """

    title: Words
    url: str = ""
    url_file: Path | None = None
    url_env: str = ""
    openapi: str = ""
    tools: tuple[str, ...] = ()
    token_env: str = ""
    token_file: Path | None = None
    person_token: bool = False
    namespace: Identifier | Literal[""] = ""
    workspaces: tuple[str, ...] = Field(min_length=1)
    timeout_seconds: float = Field(2.0, gt=0, le=60)
    max_rows: int = Field(200, ge=1, le=10_000)
    max_cost: float = Field(1_000_000, gt=0)
    connections: int = Field(4, ge=1, le=64)
    proposals: Literal["off", "form", "sql"] = "form"
    settings: dict[str, str] = Field(default_factory=dict)
    scopes: dict[Identifier, Scope] = Field(default_factory=dict)
    tables: dict[Identifier, Table] = Field(default_factory=dict)
    measures: dict[Identifier, Measure] = Field(default_factory=dict)

    @model_validator(mode="after")
    def whole(self) -> "Source":
        for name, value in self.settings.items():
            if not re.fullmatch(r"[a-z_]\w*(\.[a-z_]\w*)?", name):
                raise ValueError(f"settings.{name}: a setting is called like `erp.departments`")
            if value.startswith(":") and value not in (":person", *(f":{scope}" for scope in self.scopes)):
                raise ValueError(f"settings.{name}: there is no scope '{value[1:]}'")
        if self.openapi and self.tools:
            raise ValueError("give either `openapi` (an HTTP API) or `tools` (an MCP server)")
        if self.person_token and (not self.tools or self.token_env or self.token_file):
            raise ValueError("`person_token` is for an MCP server without a token of its own")
        if sum(map(bool, (self.url, self.url_file, self.url_env))) != 1:
            raise ValueError("give exactly one of `url`, `url_file` and `url_env`")
        return self

    @property
    def kind(self) -> Literal["database", "api", "tools"]:
        """What it is: an HTTP API has an OpenAPI document, an MCP server a list of tools."""
        return "api" if self.openapi else "tools" if self.tools else "database"

    def address(self, folder: Path) -> str:
        """The URL with its credential; a relative SQLite path starts at `folder`, where `connectors.toml` is."""
        url = self.url or (self._file(folder) if self.url_file else os.environ.get(self.url_env, ""))
        if not url:
            raise NotReady(f"{self.url_env} is not set; the source '{self.title.en}' has its URL there. Set it.")
        prefix, slash, path = url.partition("sqlite:///")
        return f"sqlite:///{folder / path}" if slash and not prefix and path else url

    def _file(self, folder: Path) -> str:
        path = folder / (self.url_file or "")
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise NotReady(f"The URL file {path} cannot be read ({error.strerror}). Mount it.") from error


class Declarations(Strict):
    """The whole file."""

    sources: dict[Identifier, Source] = Field(default_factory=dict)
    queries: dict[Identifier, NamedQuery] = Field(default_factory=dict)
    signals: dict[Identifier, SignalRule] = Field(default_factory=dict)

    @model_validator(mode="after")
    def known_sources(self) -> "Declarations":
        for name, query in self.queries.items():
            source = self.sources.get(query.source)
            if source is None:
                raise ValueError(f"queries.{name}: there is no source '{query.source}'")
            if not getattr(query, FORMS[source.kind]):
                raise ValueError(f"queries.{name}: the source '{query.source}' needs `{FORMS[source.kind]}`")
            if query.tool and query.tool not in source.tools:
                raise ValueError(f"queries.{name}: {query.tool!r} is not in `tools` of the source '{query.source}'")
            if unknown := set(query.scoped.values()) - set(source.scopes):
                raise ValueError(f"queries.{name}: there is no scope '{unknown.pop()}'")
        return self
