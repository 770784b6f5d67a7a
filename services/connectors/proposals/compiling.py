"""A filled form becomes a named query's SQL: joins only many-to-one, values only as literals."""

from datetime import date

import sqlglot
from sqlglot import exp

from services.connectors.declarations.parameters import NamedQuery, Shown
from services.connectors.declarations.tables import Column
from services.connectors.declarations.words import Label
from services.connectors.guard.view import View
from services.connectors.proposals.form import Condition, Form
from services.connectors.proposals.members import Members
from shared.errors import Refused

COMPARED = {"=": exp.EQ, "!=": exp.NEQ, ">": exp.GT, ">=": exp.GTE, "<": exp.LT, "<=": exp.LTE}


def compiled(form: Form, members: Members, view: View, source: str) -> NamedQuery:
    """The query with titles for its columns. `Refused` (422) names a member that cannot be put together with others."""
    return _Compiler(form, members, view).query(source)


class _Compiler:
    def __init__(self, form: Form, members: Members, view: View) -> None:
        self._form, self._members, self._view = form, members, view
        self._base = self._one_table()

    def query(self, source: str) -> NamedQuery:
        keys = [(name, self._key(member)) for member in self._form.dimensions for name in [_alias(member)]]
        sums = [(name, self._sum(name)) for name in self._form.measures]
        tree = exp.select(*(exp.alias_(one, name) for name, one in (*keys, *sums))).from_(self._table(self._base))
        for table, column, other, key in self._joins():
            on = exp.EQ(this=self._column(table, column), expression=self._column(other, key))
            tree = tree.join(self._table(other), on=on)
        for condition in self._form.filters:
            measured = condition.member in self._members.measures
            tree = tree.having(self._filter(condition)) if measured else tree.where(self._filter(condition))
        if keys:
            tree = tree.group_by(*(one.copy() for _, one in keys))
        for order in self._form.order:
            tree = tree.order_by(exp.Ordered(this=self._member(order.member), desc=order.descending))
        text = tree.limit(self._form.limit).sql(self._view.dialect)
        return NamedQuery(
            source=source,
            title=self._title(),
            description=self._title(),
            sql=text,
            examples=("proposed",),
            columns={_alias(name): self._shown(name) for name in (*self._form.dimensions, *self._form.measures)},
        )

    def _one_table(self) -> str:
        bases = {self._members.measures[name].table for name in self._form.measures if name in self._members.measures}
        if len(bases) != 1:
            raise _refused("measures of different tables cannot be put into one query")
        return bases.pop()

    def _joins(self) -> dict[tuple[str, str, str, str], None]:
        named = [one.member for one in self._form.filters] + [one.member for one in self._form.order]
        members = [*self._form.dimensions, *named]
        found: dict[tuple[str, str, str, str], None] = {}
        for member in members:
            if member in self._members.dimensions:
                table = member.partition(".")[0]
                if table not in self._members.joins[self._base]:
                    raise _refused(f"{member} cannot be reached from {self._base} without counting rows twice")
                found |= dict.fromkeys(self._members.joins[self._base][table])
        return found

    def _filter(self, condition: Condition) -> exp.Expr:
        column = self._member(condition.member)
        values = [_literal(value, self._members.dimensions.get(condition.member)) for value in condition.values]
        if condition.operator == "contains":
            return exp.Like(this=column, expression=exp.Literal.string(f"%{condition.values[0]}%"))
        if condition.operator in ("=", "!=") and len(values) > 1:
            found = exp.In(this=column, expressions=values)
            return exp.Not(this=found) if condition.operator == "!=" else found
        return COMPARED[condition.operator](this=column, expression=values[0])

    def _member(self, member: str) -> exp.Expr:
        if member in self._members.measures:
            return self._sum(member)
        if member not in self._members.dimensions:
            raise _refused(f"there is no {member[:60]}")
        return self._column(*member.split(".", 1))

    def _key(self, member: str) -> exp.Expr:
        column, kind = self._member(member), self._members.dimensions[member].type
        if kind not in ("date", "timestamp") or self._form.granularity in ("", "day"):
            return column
        year = self._date_part(column, "year", 1, 4)
        if self._form.granularity == "year":
            return year
        month = self._date_part(column, "month", 6, 2)
        if self._form.granularity == "month":
            return exp.Add(this=exp.Mul(this=year, expression=_number(100)), expression=month)
        quarter = exp.Paren(this=exp.Add(this=month, expression=_number(2)))
        return exp.Add(
            this=exp.Mul(this=year, expression=_number(10)), expression=exp.IntDiv(this=quarter, expression=_number(3))
        )

    def _date_part(self, column: exp.Expr, part: str, start: int, length: int) -> exp.Expr:
        """SQLite keeps dates as text, and its EXTRACT is silently wrong."""
        if self._view.dialect != "sqlite":
            return exp.Extract(this=exp.var(part.upper()), expression=column.copy())
        text = exp.Substring(this=column.copy(), start=_number(start), length=_number(length))
        return exp.cast(text, "bigint")

    def _sum(self, name: str) -> exp.Expr:
        tree = sqlglot.parse_one(self._members.measures[name].expression, dialect=self._view.dialect)
        for column in tree.find_all(exp.Column):
            column.replace(self._column(self._base, column.name))
        return tree

    def _column(self, table: str, column: str) -> exp.Column:
        return exp.column(self._quoted(column), self._quoted(table))

    def _table(self, table: str) -> exp.Table:
        return exp.Table(this=self._quoted(table))

    def _quoted(self, name: str) -> exp.Identifier:
        return exp.to_identifier(self._view.folded(name), quoted=True)

    def _title(self) -> Label:
        zh, en = ([self._shown(name).title.said(c) for name in self._form.measures] for c in (True, False))
        by = [self._shown(name).title for name in self._form.dimensions]
        ends = "（按" + "、".join(one.zh for one in by) + "）", " by " + ", ".join(one.en for one in by)
        return Label(zh="、".join(zh) + (ends[0] if by else ""), en=", ".join(en) + (ends[1] if by else ""))

    def _shown(self, name: str) -> Shown:
        if name in self._members.measures:
            return Shown(title=self._members.measures[name].title, unit=self._members.measures[name].unit)
        column = self._members.dimensions[name]
        return Shown(title=column.title or Label(zh=name, en=name), unit=column.unit)


def _alias(member: str) -> str:
    return member.replace(".", "_")


def _literal(value: str, column: Column | None) -> exp.Expr:
    kind = column.type if column else "number"
    if kind in ("integer", "number"):
        try:
            return exp.convert(float(value) if "." in value else int(value))
        except ValueError as error:
            raise _refused(f"{value[:40]!r} is no number") from error
    if kind in ("date", "timestamp"):
        try:
            date.fromisoformat(value[:10])
        except ValueError as error:
            raise _refused(f"{value[:40]!r} is no date like 2026-01-31") from error
    return exp.Literal.string(value)


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _refused(why: str) -> Refused:
    return Refused("query_refused", f"The query is not run: {why}.", 422)
