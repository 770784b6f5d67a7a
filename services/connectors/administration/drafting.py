"""A database's tables as a first `connectors.toml`: all that may be read stands in it, to be cut down by hand."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, inspect, types

# Left out unless somebody writes them in: what is nobody's business, by the column's name.
PRIVATE = re.compile(
    r"passw|secret|token|salary|wage|iban|account_no|bank|ssn|id_card|birth|phone|mobile|email|address|密码|工资|薪|身份证|电话|手机|银行|生日|住址",
    re.IGNORECASE,
)
OWNER = re.compile(
    r"^(department|dept|division|branch|region|company|org)\w*_?(id|code)?$|部门|区域|公司", re.IGNORECASE
)
TYPES: tuple[tuple[type[types.TypeEngine[Any]], str], ...] = (
    (types.Boolean, "boolean"), (types.Integer, "integer"), (types.Numeric, "number"), (types.DateTime, "timestamp"),
    (types.Date, "date"),
)  # fmt: skip
PLAIN = re.compile(r"[^\W\d][\w $#]{0,62}")


def draft(engine: Engine, name: str, reference: str) -> Iterator[str]:
    """The file's lines; `reference` is how the URL is given, such as `url_env = "ERP_URL"`."""
    looking = inspect(engine)
    tables = sorted([*looking.get_table_names(), *looking.get_view_names()])
    yield from _head(name, reference)
    for table in tables:
        if PLAIN.fullmatch(table):
            yield from _table(looking, name, table)
        else:
            yield f"# {table!r} is left out: its name needs a view with a plain one."


def _head(name: str, reference: str) -> Iterator[str]:
    yield from (
        f"[sources.{name}]",
        f'title = {json.dumps(name)}  # what people call it: {{zh = "…", en = "…"}}',
        reference,
        'workspaces = ["CHANGE-ME"]  # who may ask in one of these may ask this source',
        "timeout_seconds = 2",
        "max_rows = 200",
        "",
        '# Which values of a column somebody sees: lists by group, person, role or app; "*" is all of them.',
        f"# [sources.{name}.scopes.departments]",
        '# "group:finance" = "*"',
    )


def _table(looking: Any, name: str, table: str) -> Iterator[str]:
    columns = looking.get_columns(table)
    comment = _comment(looking, table)
    yield from (
        "",
        f"[sources.{name}.tables.{_key(table)}]",
        f"title = {json.dumps(comment or table, ensure_ascii=False)}",
    )
    if owner := next((column["name"] for column in columns if OWNER.search(column["name"])), None):
        yield f'# rows = "{owner} in :departments"  # else everybody sees all rows'
    joins = {key["constrained_columns"][0]: key for key in _foreign(looking, table)}
    if joins:
        pairs = (f'{_key(own)} = "{key["referred_table"]}.{key["referred_columns"][0]}"' for own, key in joins.items())
        yield f"joins = {{{', '.join(pairs)}}}"
    yield f"[sources.{name}.tables.{_key(table)}.columns]"
    for column in columns:
        yield _column(column)


def _column(column: dict[str, Any]) -> str:
    key, private = column["name"], PRIVATE.search(column["name"])
    if not PLAIN.fullmatch(key):
        return f"# {key!r} is left out: its name needs a view with a plain one."
    title = json.dumps(column.get("comment") or key, ensure_ascii=False)
    line = f'{_key(key)} = {{type = "{_type(column["type"])}", title = {title}}}'
    return f"# {line}  # looks private" if private else line


def _type(kind: types.TypeEngine[Any]) -> str:
    return next((name for known, name in TYPES if isinstance(kind, known)), "text")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def _comment(looking: Any, table: str) -> str:
    try:
        return str(looking.get_table_comment(table).get("text") or "")
    except NotImplementedError:
        return ""


def _foreign(looking: Any, table: str) -> list[dict[str, Any]]:
    return [key for key in looking.get_foreign_keys(table) if len(key["constrained_columns"]) == 1]
