"""Parse, check every part, resolve every table by its scope, put the filters in, and generate from the tree."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope
from sqlglot.schema import MappingSchema

from services.connectors.guard.nodes import NODES, check, refused
from services.connectors.guard.view import View

LONGEST = 8_000  # characters
Value = str | int | float | None


def guarded(sql: str, view: View, limit: int, parameters: dict[str, Value] | None = None) -> exp.Query:
    """The query to run: over the permitted rows, at most `limit` of them. `Refused` (422) in words otherwise."""
    tree = _parsed(sql, view.dialect)
    _fill(tree, parameters or {})
    check(tree, view.dialect)
    tree = _qualified(tree, view)
    check(tree, view.dialect, NODES * 4)
    _filter(tree, view)
    return _limited(tree, limit)


def _parsed(sql: str, dialect: str) -> exp.Query:
    if len(sql) > LONGEST or any(ord(c) < 32 and c not in "\n\t\r" for c in sql):
        raise refused("it is too long or holds control characters")
    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect=dialect) if tree]
    except (SqlglotError, RecursionError) as error:
        raise refused(f"it cannot be read ({str(error).splitlines()[0][:100]})") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Select | exp.SetOperation) or not trees[0].selects:
        raise refused("it is not one SELECT")
    return trees[0]


def _fill(tree: exp.Expr, parameters: dict[str, Value]) -> None:
    for node in list(tree.find_all(exp.Placeholder)):
        name = str(node.this or "")
        if name not in parameters:
            raise refused(f"its parameter :{name} has no value")
        node.replace(exp.convert(parameters[name]))


def _qualified(tree: exp.Query, view: View) -> exp.Query:
    named = {table.name.lower() for table in tree.find_all(exp.Table)}
    schema = MappingSchema({**view.schema(named)}, dialect=view.dialect, normalize=False)
    try:
        found = qualify(
            tree,
            dialect=view.dialect,
            schema=schema,
            validate_qualify_columns=True,
            quote_identifiers=True,
            allow_partial_qualification=False,
        )
    except (SqlglotError, RecursionError) as error:
        raise refused(f"its names cannot be resolved ({str(error).splitlines()[0][:120]})") from error
    if not isinstance(found, exp.Query):
        raise refused("it is not one SELECT")
    return found


def _filter(tree: exp.Query, view: View) -> None:
    declared = {view.folded(name): name for name in view.tables}
    in_scope = {
        id(source)
        for scope in traverse_scope(tree)
        for _, source in scope.selected_sources.values()
        if isinstance(source, exp.Table)
    }
    defined = _defined(tree, view)
    for table in list(tree.find_all(exp.Table)):
        _plain(table)
        if id(table) not in in_scope:
            if table.name in defined:
                continue
            raise refused(f"the table {table.name} is outside of every scope")
        if table.name not in declared or table.name in defined:
            raise refused(f"there is no table {table.name} that you may read")
        alias = exp.to_identifier(table.alias_or_name, quoted=True)
        table.replace(view.source(declared[table.name]).subquery(alias=alias))


def _defined(tree: exp.Query, view: View) -> set[str]:
    """The names of WITH; one that is a table's would capture the filter's own subquery."""
    names = [str(cte.alias_or_name) for cte in tree.find_all(exp.CTE)]
    filters = [table.rows for table in view.tables.values() if table.rows is not None]
    reserved = {view.folded(name).lower() for name in view.tables} | {name.lower() for name in view.hidden}
    reserved |= {table.name.lower() for rows in filters for table in rows.find_all(exp.Table)}
    lower = [name.lower() for name in names]
    if reserved & set(lower) or len(set(lower)) < len(lower):
        raise refused("a name in WITH is a table's or stands twice")
    return set(names)


def _plain(table: exp.Table) -> None:
    alias = table.args.get("alias")
    if alias and alias.args.get("columns"):
        raise refused("a table's columns have other names")
    if table.args.get("db") or table.args.get("catalog"):
        raise refused(f"the table {table.name} has a schema before it")


def _limited(tree: exp.Query, limit: int) -> exp.Query:
    own = tree.args.get("limit")
    if own is not None:
        number = own.args.get("count") if isinstance(own, exp.Fetch) else own.expression
        if not (isinstance(number, exp.Literal) and number.is_int):
            raise refused("its LIMIT is not a number")
        limit = min(limit, int(number.this))
    return tree.limit(limit)
