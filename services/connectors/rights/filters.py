"""Row filters: the declared condition with the asker's own values in it."""

from collections.abc import Mapping, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from services.connectors.declarations.sources import Scope, Source
from shared.errors import NotReady

Values = Sequence[int | str] | None  # None: every value
PERSON = "person"


def values_of(scope: Scope, holders: Sequence[str]) -> Values:
    """What one party may see in a scope: all values of all its names; none when no name stands there."""
    found: list[int | str] = []
    for holder in holders:
        given = scope.get(holder, [])
        if given == "*":
            return None
        found += [value for value in given if value not in found]
    return found


def condition(source: Source, name: str, dialect: str, holders: Sequence[str]) -> exp.Expr | None:
    """The filter of table `name` for one party; None when it has none."""
    text = source.tables[name].rows
    if not text:
        return None
    tree = parsed(text, dialect, f"{name}.rows")
    values: Mapping[str, Values] = {scope: values_of(given, holders) for scope, given in source.scopes.items()}
    return tree.transform(lambda node: _filled(node, values, holders, f"{name}.rows"))


def parsed(text: str, dialect: str, where: str) -> exp.Expr:
    """A condition; `NotReady` when it cannot be read."""
    try:
        return sqlglot.parse_one(text, dialect=dialect)
    except SqlglotError as error:
        raise NotReady(f"{where}: {text!r} is no condition ({str(error).splitlines()[0]}). Correct it.") from error


def _filled(node: exp.Expr, values: Mapping[str, Values], holders: Sequence[str], where: str) -> exp.Expr:
    if isinstance(node, exp.In) and isinstance(field := node.args.get("field"), exp.Placeholder):
        return _in(node, values, str(field.this), where)
    if isinstance(node, exp.Placeholder):
        if node.this != PERSON:
            raise NotReady(f"{where}: write `column in :{node.this}`. Only `:person` stands alone.")
        names = [holder.partition(":")[2] for holder in holders if holder.startswith("person:")]
        return exp.Literal.string(names[0]) if names else exp.null()  # equal to nothing
    return node


def _in(node: exp.In, values: Mapping[str, Values], scope: str, where: str) -> exp.Expr:
    if scope not in values:
        raise NotReady(f"{where}: there is no scope '{scope}'. Declare it in `scopes`.")
    if isinstance(node.parent, exp.Not):
        raise NotReady(f"{where}: `not in :{scope}` would show more to who may see less. List what may be seen.")
    allowed = values[scope]
    if allowed is None:
        return exp.true()
    if not allowed:
        return exp.false()
    return exp.In(this=node.this.copy(), expressions=[exp.convert(value) for value in allowed])
