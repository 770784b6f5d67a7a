"""Ask the model for a filled form, compile it, and let it mend the form once with what was wrong."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from services.connectors.declarations.parameters import NamedQuery
from services.connectors.declarations.sources import Source
from services.connectors.guard import guarded
from services.connectors.guard.view import View
from services.connectors.named.periods import period
from services.connectors.proposals.compiling import compiled
from services.connectors.proposals.form import Form, schema
from services.connectors.proposals.members import Members
from shared.errors import Refused

Ask = Callable[[str, dict[str, Any]], Awaitable[str]]
SQL = {
    "type": "object",
    "properties": {"sql": {"type": "string", "maxLength": 4000}},
    "required": ["sql"],
    "additionalProperties": False,
}
TASK_SQL = "Write one SELECT for the question over the tables and columns below (table.column). No other statement."
VALUES = 12  # of a column's values that are told to the model
TASK = (
    "Fill the form for the question, from the declared names alone. Copy values exactly as they are listed. "
    "Use no filter that the question does not ask for. Dates are compared with >= and <."
)


class Proposals:
    """For one question, source and asker. A form, or with `proposals = "sql"` a SELECT, both through the guard."""

    def __init__(self, name: str, source: Source, view: View, ask: Ask) -> None:
        self._name, self._source, self._view, self._ask = name, source, view, ask
        self.members = Members.of(source, view)

    async def first(self, question: str, now: datetime) -> NamedQuery:
        """A query that compiles and passes the guard, mended once. `Refused` (422) when it still does not."""
        try:
            return await self._query(question, now)
        except (Refused, ValidationError) as error:
            if isinstance(error, Refused) and error.reason != "query_refused":
                raise
            return await self.mended(question, now, _why(error))

    async def mended(self, question: str, now: datetime, problem: str) -> NamedQuery:
        """The second and last one, with what was wrong with the first: the guard's words or the database's."""
        try:
            return await self._query(
                question, now, f"\n\nThe last one was refused: {problem} Write it again, corrected."
            )
        except ValidationError as error:
            raise Refused("query_refused", f"The model's form does not hold: {_why(error)}", 422) from error

    async def _query(self, question: str, now: datetime, problem: str = "") -> NamedQuery:
        plain = self._source.proposals == "sql"
        told = _prompt(TASK_SQL if plain else TASK, question, self._source, self.members, now) + problem
        text = await self._ask(told, SQL if plain else schema(self.members))
        query = (
            self._plain(text)
            if plain
            else compiled(Form.model_validate_json(text), self.members, self._view, self._name)
        )
        guarded(query.sql, self._view, 1)
        return query

    def _compiled(self, text: str) -> NamedQuery:
        return compiled(Form.model_validate_json(text), self.members, self._view, self._name)

    def _plain(self, text: str) -> NamedQuery:
        title = self._source.title
        sql = str(json.loads(text)["sql"])
        return NamedQuery(source=self._name, title=title, description=title, sql=sql, examples=("proposed",))


def _prompt(task: str, question: str, source: Source, members: Members, now: datetime) -> str:
    lines = [task, f"Today is {now:%Y-%m-%d}.", "Measures:"]
    lines += [
        f"- {key}: {one.title} {' '.join(one.synonyms)} {one.unit}".rstrip() for key, one in members.measures.items()
    ]
    lines.append("Dimensions:")
    for key, column in members.dimensions.items():
        values = f" values: {', '.join(column.values[:VALUES])}" if column.values else ""
        table = source.tables[key.partition(".")[0]]
        lines.append(f"- {key} ({column.type}): {table.title or ''} {column.title} {' '.join(column.synonyms)}{values}")
    if found := period(question, now):
        lines.append(f"`{found.words}` is from {found.start:%Y-%m-%d} up to but without {found.end:%Y-%m-%d}.")
    return "\n".join([*lines, f"Question: {json.dumps(question, ensure_ascii=False)}"])


def _why(error: Refused | ValidationError) -> str:
    if isinstance(error, Refused):
        return error.error
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}."
