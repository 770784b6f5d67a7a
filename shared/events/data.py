"""Rows of business sources."""

from typing import Any

from pydantic import Field

from shared.events.message import Model, Request
from shared.events.moment import Moment
from shared.events.requests.access import Readable
from shared.events.text import Title

Cell = str | int | float | None


class NamedCall(Model):
    """A named query that a caller names itself, with values for its parameters."""

    name: str
    parameters: dict[str, Any] = Field(default_factory=dict)


class Fragment(Model):
    """Data that came with the question: rows or text of a business system, for this answer alone.

    `file`: a part of a file that is kept with the conversation, from character `start` of its `page`. Citations quote
    it.
    """

    name: str
    text: str = Field(repr=False)
    file: bool = False
    page: int = 1
    start: int = 0


class RowColumn(Model):
    """A column of a result, named in the language of the question."""

    name: str
    title: Title
    unit: str = ""


class RowSet(Model):
    """What a query of a source gave to one asker: the query as it ran, when, and its rows.

    `row_count` counts `rows`; `more` says that the source has others. `rights` is a digest of what the asker may see
    in the source. `statement` is SQL, or the address of an HTTP API. `answer` says the rows in words, without a model.
    """

    source: str
    source_title: Title
    query: str
    title: Title
    statement: str
    parameters: dict[str, Cell] = Field(default_factory=dict)
    columns: tuple[RowColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    row_count: int
    more: bool = False
    read_at: Moment
    digest: str
    rights: str = ""
    plot: str = ""
    answer: str = ""


class MayReadRows(Request[Readable], subject="connectors.may_read.v1"):
    """Rows that an answer cites, by the ids of their passages: does the principal see as much of the source now?"""

    capability: str = Field(repr=False)
    query: str
    document_ids: tuple[str, ...]


class ParameterState(Model):
    """A parameter of a named query; `type` is integer, number, period, choice, value or text."""

    name: str
    type: str
    title: Title
    required: bool
    default: Cell = None
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()


class NamedQueryState(Model):
    """A named query as its callers see it."""

    name: str
    source: str
    title: Title
    description: str
    examples: tuple[str, ...]
    parameters: tuple[ParameterState, ...]


class NamedQueries(Model):
    """Those that the principal may use."""

    queries: tuple[NamedQueryState, ...]


class ListNamedQueries(Request[NamedQueries], subject="connectors.list_queries.v1"):
    """Which named queries may the capability's principal use? `language` is zh or en."""

    capability: str = Field(repr=False)
    query: str
    language: str = "zh"


class RunNamedQuery(Request[RowSet], subject="connectors.run_query.v1"):
    """Run one; its record is kept before it replies."""

    capability: str = Field(repr=False)
    query: str
    name: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    language: str = "zh"
