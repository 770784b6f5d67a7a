"""What one asker may see of one source."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect, NormalizationStrategy


@cache
def _strategy(dialect: str) -> NormalizationStrategy:
    return Dialect.get_or_raise(dialect).normalization_strategy  # 8 µs, for each column of each query


@dataclass(frozen=True)
class VisibleTable:
    """`columns` with their SQL types; `rows` is the condition a row must meet, None when all may be seen."""

    columns: dict[str, str]
    rows: exp.Expr | None = field(default_factory=exp.false)


@dataclass(frozen=True, eq=False)
class View:
    """Tables by their declared names. `hidden` are declared names that this asker may not read."""

    dialect: str
    tables: dict[str, VisibleTable]
    namespace: str = ""
    hidden: frozenset[str] = frozenset()

    def folded(self, name: str) -> str:
        """The declared name as the parser spells it: an unquoted identifier of this dialect."""
        match _strategy(self.dialect):
            case NormalizationStrategy.UPPERCASE:
                return name if name != name.lower() else name.upper()
            case NormalizationStrategy.CASE_INSENSITIVE:
                return name.lower()
            case _:
                return name

    def physical(self, name: str) -> exp.Identifier:
        """The declared name as the database spells it."""
        upper = _strategy(self.dialect) is NormalizationStrategy.UPPERCASE
        return exp.to_identifier(self.folded(name) if upper else name, quoted=True)

    def schema(self, wanted: Collection[str]) -> dict[str, dict[str, str]]:
        """For sqlglot: folded names to types, of the tables that a query names (in lower case)."""
        return {
            self.folded(name): {self.folded(column): kind for column, kind in table.columns.items()}
            for name, table in self.tables.items()
            if name.lower() in wanted
        }

    def source(self, name: str) -> exp.Select:
        """The permitted rows and columns of a declared table."""
        table = self.tables[name]
        # With the table before it: SQLite takes a quoted name that is no column for a text.
        columns = [
            exp.alias_(exp.column(self.physical(column), self.physical(name)), self.folded(column), quoted=True)
            for column in table.columns
        ]
        place = exp.Table(
            this=self.physical(name), db=exp.to_identifier(self.namespace, quoted=True) if self.namespace else None
        )
        found = exp.select(*columns).from_(place)
        return found if table.rows is None else found.where(table.rows.copy())
