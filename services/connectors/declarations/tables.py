"""Tables and columns that may be read, in business words."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from services.connectors.declarations.words import Strict, Words

Type = Literal["integer", "number", "text", "date", "timestamp", "boolean"]
SQL_TYPES: dict[Type, str] = {
    "integer": "bigint", "number": "decimal", "text": "text", "date": "date", "timestamp": "timestamp",
    "boolean": "boolean",
}  # fmt: skip


def _identifier(name: str) -> str:
    # SQL text goes to the driver as it is; a quote, a colon or a percent sign in a name would mean something there.
    if not re.fullmatch(r"[^\W\d][\w $#]{0,62}", name):
        raise ValueError("use letters, digits, `_`, `$`, `#` and spaces; make a view for other names")
    return name


Identifier = Annotated[str, AfterValidator(_identifier)]
Holder = str


class Column(Strict):
    """One column. `allow` limits who may read it (`group:finance`, `person:alice`, `role:manager`, `app:crm`)."""

    title: Words | None = None
    type: Type = "text"
    synonyms: tuple[str, ...] = ()
    unit: str = ""
    values: tuple[str, ...] = ()
    allow: tuple[Holder, ...] = ()


class Table(Strict):
    """One table or view. `rows` is a condition with `:scopes`; `joins` are columns that point at one row of another."""

    title: Words | None = None
    synonyms: tuple[str, ...] = ()
    rows: str = ""
    allow: tuple[Holder, ...] = ()
    joins: dict[Identifier, str] = Field(default_factory=dict)
    columns: dict[Identifier, Column] = Field(min_length=1)


class Measure(Strict):
    """A figure that may be asked for: an aggregate over the rows of one table."""

    table: Identifier
    expression: str
    title: Words
    unit: str = ""
    synonyms: tuple[str, ...] = ()
