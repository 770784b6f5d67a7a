"""Random rows, rights and queries, and what each right leaves of the rows: the reference for row filters."""
# ruff: noqa: S608 (the queries are the test)

import random
import sqlite3
from collections.abc import Callable
from typing import Any

from services.connectors.declarations.sources import Source
from shared.security.capability import Right
from tests.services.connectors.running import right

Rows = dict[str, list[tuple[Any, ...]]]
TABLES = {
    "products": ("id", "name", "category", "unit_price"),
    "orders": ("id", "customer_id", "department_id", "seller", "total"),
    "order_items": ("order_id", "product_id", "quantity"),
    "customers": ("id", "name", "region"),
}
OWN = "order_id in (select id from orders where department_id in :departments)"
SOURCE = Source.model_validate(
    {
        "title": "fuzz",
        "url": "sqlite:///x.db",
        "workspaces": ["finance"],
        "scopes": {
            "departments": {"group:a": [1], "group:b": [2, 3], "group:all": "*", "app:crm": [1, 2]},
            "regions": {"group:a": ["N"], "group:b": ["S"], "group:all": "*", "app:crm": "*"},
        },
        "tables": {
            "products": {"columns": {name: {} for name in TABLES["products"]}},
            "orders": {
                "rows": "department_id in :departments or seller = :person",
                "columns": {name: {} for name in TABLES["orders"]},
            },
            "order_items": {"rows": OWN, "columns": {name: {} for name in TABLES["order_items"]}},
            "customers": {"rows": "region in :regions", "columns": {name: {} for name in TABLES["customers"]}},
        },
    }
)
DEPARTMENTS = {"group:a": {1}, "group:b": {2, 3}, "group:all": {1, 2, 3, None}, "app:crm": {1, 2}}
REGIONS = {"group:a": {"N"}, "group:b": {"S"}, "group:all": {"N", "S", None}, "app:crm": {"N", "S", None}}


def rows(draw: random.Random) -> Rows:
    """Small tables with missing values, and keys that lead nowhere."""
    return {
        "products": [(i, draw.choice(["泵", "阀", None]), draw.choice("AB"), draw.randint(1, 9)) for i in range(1, 9)],
        "orders": [
            (
                i,
                draw.randint(1, 6),
                draw.choice([1, 2, 3, None]),
                draw.choice(["ann", "bob", None]),
                draw.randint(0, 50),
            )
            for i in range(1, 31)
        ],
        "order_items": [(draw.randint(1, 32), draw.randint(1, 8), draw.randint(1, 5)) for _ in range(60)],
        "customers": [(i, f"c{i}", draw.choice(["N", "S", None])) for i in range(1, 7)],
    }


def database(kept: Rows) -> sqlite3.Connection:
    """A database of these rows."""
    found = sqlite3.connect(":memory:")
    for table, columns in TABLES.items():
        found.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        found.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", kept[table])
    return found


def someone(draw: random.Random) -> Right:
    """Somebody in some groups, perhaps through a business system."""
    groups = draw.sample(["group:a", "group:b", "group:all"], draw.choice([0, 0, 1, 1, 2]))
    through = ("app:crm",) if draw.random() < 0.3 else ()
    return right(f"person:{draw.choice(['ann', 'bob', 'eve'])}", *groups, through=through)


def permitted(all_rows: Rows, who: Right) -> Rows:
    """The rows that every party may see, by the rules as they are meant, without any SQL."""
    kept = dict(all_rows)
    for party in who.parties:
        departments: set[Any] = set().union(*(DEPARTMENTS.get(holder, set()) for holder in party))
        regions: set[Any] = set().union(*(REGIONS.get(holder, set()) for holder in party))
        person = next((holder.partition(":")[2] for holder in party if holder.startswith("person:")), "nobody")
        inside = {order[0] for order in all_rows["orders"] if order[2] in departments}
        kept["orders"] = [o for o in kept["orders"] if o[2] in departments or (o[3] is not None and o[3] == person)]
        kept["order_items"] = [item for item in kept["order_items"] if item[0] in inside]
        kept["customers"] = [customer for customer in kept["customers"] if customer[2] in regions]
    return kept


def query(draw: random.Random) -> str:
    """One SELECT of a random form."""
    return draw.choice(FORMS)(draw)


def _table(draw: random.Random) -> str:
    return draw.choice(list(TABLES))


def _column(draw: random.Random, table: str, alias: str = "") -> str:
    name = draw.choice(TABLES[table])
    return f"{alias}.{name}" if alias else name


def _grouped(draw: random.Random) -> str:
    table, alias = _table(draw), draw.choice(["a", "o", "orders_of"])
    return f"select {_column(draw, table, alias)}, count(*) from {table} {alias} group by 1"


def _joined(draw: random.Random) -> str:
    one, two, how = _table(draw), _table(draw), draw.choice(["join", "left join"])
    match = f"{_column(draw, one, 'p')} = {_column(draw, two, 'q')}"
    return f"select {_column(draw, one, 'p')}, {_column(draw, two, 'q')} from {one} p {how} {two} q on {match}"


def _where(draw: random.Random) -> str:
    table, sign = _table(draw), draw.choice([">", "<", "=", "<>", "is not", "is"])
    value = "null" if sign.startswith("is") else draw.randint(0, 9)
    return f"select * from {table} where {_column(draw, table)} {sign} {value} or 1 = {draw.randint(0, 1)}"


def _aggregate(draw: random.Random) -> str:
    table = _table(draw)
    name = _column(draw, table)
    return f"select max({name}), min({name}), count(distinct {name}), sum({draw.randint(1, 3)}) from {table}"


def _with(draw: random.Random) -> str:
    table, name = _table(draw), draw.choice(["w", "z", "a", "total"])
    first, second = TABLES[table][:2]
    inner = f"select {first} as k, {second} as v from {table}"
    return f"with {name} as ({inner}) select p.k, count(q.v) from {name} p join {name} q on p.k = q.k group by p.k"


def _exists(draw: random.Random) -> str:
    one, two, how = _table(draw), _table(draw), draw.choice(["exists", "not exists"])
    match = f"{_column(draw, two, 'b')} = {_column(draw, one, 'a')}"
    return f"select * from {one} a where {how} (select 1 from {two} b where {match})"


def _set(draw: random.Random) -> str:
    one, two = _table(draw), _table(draw)
    how = draw.choice(["union", "union all", "except", "intersect"])
    return f"select {_column(draw, one)} from {one} {how} select {_column(draw, two)} from {two}"


def _scalar(draw: random.Random) -> str:
    one, two = _table(draw), _table(draw)
    inner = f"select count(*) from {two} b where {_column(draw, two, 'b')} = {_column(draw, one, 'a')}"
    order = ", ".join(f"a.{name}" for name in TABLES[one])
    return f"select {_column(draw, one, 'a')}, ({inner}) n, row_number() over (order by {order}) from {one} a"


FORMS: list[Callable[[random.Random], str]] = [
    _grouped, _joined, _where, _aggregate, _with, _exists, _set, _scalar,
]  # fmt: skip
