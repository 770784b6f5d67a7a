"""What a model may name: measures, and the columns of tables that they reach many-to-one."""

from dataclasses import dataclass

from services.connectors.declarations.sources import Source
from services.connectors.declarations.tables import Column, Measure
from services.connectors.guard.view import View
from services.connectors.named.texts import bare, folded

SHORTEST = 2  # characters of a word that counts
Path = tuple[tuple[str, str, str, str], ...]  # table, column, other table, its column


@dataclass(frozen=True)
class Members:
    """Of one source, for one asker: what is not open to them has no name here."""

    measures: dict[str, Measure]
    dimensions: dict[str, Column]
    joins: dict[str, dict[str, Path]]

    @classmethod
    def of(cls, source: Source, view: View) -> "Members":
        """Only visible tables and columns; only joins from a row to the one row it points at."""
        edges = _edges(source, view)
        dimensions = {
            f"{table}.{name}": column
            for table, one in source.tables.items()
            for name, column in one.columns.items()
            if column.title and table in view.tables and name in view.tables[table].columns
        }
        measures = {name: one for name, one in source.measures.items() if one.table in view.tables}
        return cls(measures, dimensions, {one.table: _reached(one.table, edges) for one in measures.values()})

    def words(self) -> dict[str, str]:
        """Every word that means a measure, folded, with the measure's name."""
        return {
            bare(word): name
            for name, one in self.measures.items()
            for word in (one.title.zh, one.title.en, *one.synonyms)
            if len(word) >= SHORTEST
        }

    def mentioned(self, question: str) -> bool:
        """Whether the question names a measure."""
        line, words = bare(question), self.words()
        return any(word in line for word in words) or any(word in folded(question) for word in words)


def _edges(source: Source, view: View) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for table, one in source.tables.items():
        for column, target in one.joins.items():
            other, _, key = target.partition(".")
            if {table, other} <= set(view.tables) and column in view.tables[table].columns:
                found[table] = (*found.get(table, ()), (table, column, other, key))
    return found


def _reached(base: str, edges: dict[str, Path]) -> dict[str, Path]:
    """Each table with the way to it: nothing fans out, so nothing is counted twice."""
    found: dict[str, Path] = {base: ()}
    waiting = [base]
    while waiting:
        table = waiting.pop(0)
        for edge in edges.get(table, ()):
            if edge[2] not in found:
                found[edge[2]] = (*found[table], edge)
                waiting.append(edge[2])
    return found
