"""The guard: what a query may be, and what it becomes."""

import sqlite3

import pytest
import sqlglot

from services.connectors.guard import guarded
from services.connectors.guard.view import View, VisibleTable
from shared.errors import Refused

ORDERS = {"id": "bigint", "department_id": "bigint", "status": "text", "total": "bigint"}
FIVE = sqlglot.parse_one("department_id IN (5)")
VIEW = View(
    "sqlite",
    {"orders": VisibleTable(ORDERS, FIVE), "products": VisibleTable({"id": "bigint", "name": "text"}, None)},
    hidden=frozenset({"employees"}),
)

REFUSED = """
delete from orders
update orders set total = 0
insert into orders values (1)
drop table orders
select 1; select 2
select * from employees
select * from sqlite_master
select * from main.orders
select salary from orders
select load_extension('x')
select * from pragma_table_info('orders')
select * into outfile '/tmp/x' from orders
with orders as (select 1 as id) select * from orders
with employees as (select 1 as id) select * from employees
with recursive r(n) as (select 1 union all select n + 1 from r) select * from r
select * from orders o (a, b)
select * from orders limit (select 1)
select * from orders where id = :nothing
select * from orders natural join products
select hex(randomblob(10))
pragma query_only = 0
attach 'x' as y
vacuum
explain select * from orders
select * from orders for update
select * from orders tablesample system (1)
values (1)
select
select 'a\x00b' from orders
""".strip().splitlines()


@pytest.mark.parametrize("sql", REFUSED)
def test_what_is_not_one_plain_select_is_refused_in_words(sql: str) -> None:
    with pytest.raises(Refused, match="The query is not run: ") as error:
        guarded(sql, VIEW, 10)
    assert (error.value.reason, error.value.status) == ("query_refused", 422)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from orders",
        "select o.id from orders o join orders p on o.id = p.id",
        "select id from orders where status = 'open' union select id from orders",
        "select (select max(total) from orders) as most from products",
        "select * from products p where exists (select 1 from orders o where o.id = p.id)",
        "with big as (select * from orders where total > 5) select id from big",
        "select id, row_number() over (order by total desc) from ORDERS",
        "select count(*) from orders /* department_id in (1,2,3) */ -- or 1=1",
    ],
)
def test_rows_outside_of_the_right_are_not_there(sql: str) -> None:
    database = sqlite3.connect(":memory:")
    database.executescript(
        "create table orders(id, department_id, status, total); create table products(id, name);"
        "insert into orders values (1, 4, 'open', 9), (2, 5, 'open', 6), (3, null, 'done', 7);"
        "insert into products values (1, 'a'), (2, 'b');"
    )
    text = guarded(sql, VIEW, 10).sql("sqlite")
    assert text.count("IN (5)") == sql.lower().count("from orders") + sql.lower().count("join orders")
    database.execute("delete from orders where department_id is not 5")
    assert database.execute(text).fetchall() == database.execute(sql).fetchall()


def test_a_limit_is_put_in_and_a_smaller_one_is_kept() -> None:
    assert guarded("select id from products", VIEW, 10).sql().endswith("LIMIT 10")
    assert guarded("select id from products limit 3", VIEW, 10).sql().endswith("LIMIT 3")
    assert guarded("select id from products limit 300", VIEW, 10).sql().endswith("LIMIT 10")


def test_a_parameter_is_a_value_whatever_it_says() -> None:
    text = guarded("select id from products where name = :name", VIEW, 10, {"name": "x' or '1'='1"}).sql("sqlite")
    assert "'x'' or ''1''=''1'" in text
    database = sqlite3.connect(":memory:")
    database.executescript("create table products(id, name); insert into products values (1, 'a')")
    assert database.execute(text).fetchall() == []


def test_a_table_without_a_declared_filter_of_its_own_shows_nothing() -> None:
    view = View("sqlite", {"orders": VisibleTable(ORDERS)})
    assert "WHERE FALSE" in guarded("select id from orders", view, 10).sql()


def test_a_column_that_is_not_open_is_not_in_a_star() -> None:
    view = View("sqlite", {"orders": VisibleTable({"id": "bigint"}, None)})
    assert "department" not in guarded("select * from orders", view, 10).sql()


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "tsql", "oracle", "sqlite"])
def test_every_dialect_gets_its_own_spelling(dialect: str) -> None:
    view = View(dialect, {"orders": VisibleTable(ORDERS, FIVE), "订单": VisibleTable({"编号": "bigint"}, None)})
    text = guarded(
        "select o.status, count(*) n from orders o join 订单 d on d.编号 = o.id group by o.status", view, 7
    ).sql(dialect)
    assert sqlglot.parse_one(text, dialect=dialect)
    assert "编号" in text
    assert "7" in text
