"""Rows of business systems on their way into an answer."""

from pydantic import Field

from shared.events.access_requests import Readable
from shared.events.message import Model, Request
from shared.events.moment import Moment
from shared.events.text import Title

Cell = str | int | float | None


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
    source_title: str
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
