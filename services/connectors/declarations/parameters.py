"""Typed parameters of named queries."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from services.connectors.declarations.words import Strict, Words

Default = str | int | float | None


class Integer(Strict):
    """A whole number, from `min` to `max`; found in a question beside one of `beside`, else the first number."""

    type: Literal["integer", "number"]
    title: Words | None = None
    default: float | int | None = None
    min: float | int = 1
    max: float | int = 1000
    beside: tuple[str, ...] = ()


class Period(Strict):
    """Two dates: `:name_start` (included) and `:name_end` (not included). The default is words, like `this year`."""

    type: Literal["period"]
    title: Words | None = None
    default: str = ""


class Choice(Strict):
    """One of `values`, each with the words that mean it."""

    type: Literal["choice"]
    title: Words | None = None
    values: dict[str, tuple[str, ...]] = Field(min_length=1)
    default: str | None = None


class Value(Strict):
    """A value that stands in `table.column`, found in the question; `names` are other columns of its row."""

    type: Literal["value"]
    title: Words | None = None
    column: str = Field(pattern=r"^[^.]+\.[^.]+$")
    names: tuple[str, ...] = ()
    default: str | None = None


class Text(Strict):
    """Any text; only callers that give parameters by name can set it."""

    type: Literal["text"]
    title: Words | None = None
    max_length: int = Field(200, ge=1, le=4000)
    default: str | None = None


Parameter = Annotated[Integer | Period | Choice | Value | Text, Field(discriminator="type")]


class Shown(Strict):
    """How a column of the result is shown."""

    title: Words
    unit: str = ""


class NamedQuery(Strict):
    """A reviewed query. `sql` holds `:parameters`; row filters and the limit are put in when it runs.

    Of an HTTP API it is a GET of `path`: parameters have the names of its OpenAPI document, `items` is the place of the
    list (`data.rows`), and `scoped` names the scope that limits the values of a field. Of an MCP server it is a call of
    `tool`: parameters that the tool does not take are left out, `items` and `scoped` are the same.
    """

    source: str
    title: Words
    description: Words
    sql: str = Field("", max_length=8000)
    path: str = Field("", pattern=r"^(/[^\s?#]*)?$")
    tool: str = ""
    items: str = ""
    scoped: dict[str, str] = Field(default_factory=dict)
    examples: tuple[str, ...] = Field(min_length=1)
    not_for: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    columns: dict[str, Shown] = Field(default_factory=dict)
    answer: Words | None = None
    plot: Literal["", "bar", "line"] = ""

    @model_validator(mode="after")
    def one_form(self) -> "NamedQuery":
        if sum(map(bool, (self.sql, self.path, self.tool))) != 1:
            raise ValueError("give exactly one of `sql` (a database), `path` (an HTTP API) and `tool` (an MCP server)")
        return self
