"""Connectors on a real MariaDB: the sample ERP behind a login that can read alone."""

import time
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pymysql
import pytest

from examples.erp.rows import Erp
from services.connectors.administration.checking import check
from services.connectors.declarations.sources import Declarations
from services.connectors.execution import Run, execute
from services.connectors.guard import guarded
from services.connectors.named.binding import checked
from services.connectors.rights.visibility import view_of
from shared.errors import Refused, Unavailable
from shared.events import RowSet
from shared.security.capability import Right
from tests.servers.mariadb import mariadb, mariadb_server
from tests.servers.test_connectors_postgres import Opened
from tests.services.connectors.running import ERP, NOW, TODAY, declarations, right

__all__ = ["mariadb"]
pytestmark = pytest.mark.mariadb
FINANCE, PRODUCTION = right("person:alice", "group:finance"), right("person:chen", "group:production")
DIGITS = " UNION ALL ".join(f"SELECT {n} AS d" for n in range(10))


@pytest.fixture(scope="module")
def port(mariadb: int) -> int:
    """The ERP's tables, a table of oddities, and a login that may read them."""
    with admin(mariadb) as root:
        fill(root)
    return mariadb


def admin(port: int, **more: Any) -> Any:
    return pymysql.connect(host="127.0.0.1", port=port, user="root", charset="utf8mb4", autocommit=True, **more)


def fill(root: Any) -> None:
    cursor = root.cursor()
    cursor.execute("CREATE DATABASE erp CHARACTER SET utf8mb4")
    cursor.execute("USE erp")
    for statement in (ERP / "schema.sql").read_text(encoding="utf-8").split(";"):
        if statement.strip():
            cursor.execute(statement)
    for table, given in Erp(TODAY).tables():
        first = list(given)
        marks = ", ".join(["%s"] * len(first[0]))
        cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", first)  # noqa: S608
    tens = " CROSS JOIN ".join(f"({DIGITS}) AS t{n}" for n in range(7))
    cursor.execute(f"CREATE VIEW millions AS SELECT t0.d AS id, t1.d AS kind FROM {tens}")  # noqa: S608
    columns = "id int, 名称 varchar(80), price decimal(30, 10), at timestamp NULL, raw blob"
    cursor.execute(f"CREATE TABLE oddities ({columns})")
    cursor.execute("CREATE TABLE old_names (id int, name varchar(40)) CHARACTER SET gbk")
    cursor.execute("INSERT INTO old_names VALUES (1, '离心泵')")
    rows = [(1, "轴承 🧾 <b>x</b>", Decimal("12345678901234567890.0123456789"), "2026-01-01 08:00:00", b"\x01"),
            (2, None, None, None, None)]  # fmt: skip
    cursor.executemany("INSERT INTO oddities VALUES (%s, %s, %s, %s, %s)", rows)
    cursor.execute("CREATE USER reader@'%'")
    cursor.execute("GRANT SELECT ON erp.* TO reader@'%'")


def on_mariadb(port: int, **more: Any) -> Declarations:
    kept = declarations().model_dump()
    source = kept["sources"]["erp"]
    source |= {"url": f"mysql://reader@127.0.0.1:{port}/erp"} | more
    number: dict[str, Any] = {"type": "integer"}
    source["tables"]["millions"] = {"columns": {"id": number, "kind": number}}
    source["tables"]["oddities"] = {"columns": {"id": number} | {name: {} for name in ("名称", "price", "at", "raw")}}
    source["tables"]["old_names"] = {"columns": {"id": number, "name": {}}}
    overdue = kept["queries"]["overdue_invoices"]
    overdue["sql"] = overdue["sql"].replace(
        "julianday(:today) - julianday(v.due_on)", "DATEDIFF(CAST(:today AS date), v.due_on)"
    )
    return Declarations.model_validate(kept)


@pytest.fixture
async def erp(port: int) -> AsyncIterator[Opened]:
    here = Opened(on_mariadb(port).sources["erp"])
    yield here
    await here.opened.close()


async def run(port: int, here: Opened, name: str, who: Right, **given: Any) -> RowSet:
    declared = on_mariadb(port)
    query = declared.queries[name]
    wanted = Run(name, query, declared.sources["erp"], checked(query, given, NOW), in_chinese=False)
    return (await execute(wanted, who, here))[0]


async def read(port: int, here: Opened, sql: str, who: Right = FINANCE, most: int = 10) -> Any:
    text = guarded(sql, view_of(on_mariadb(port).sources["erp"], "mysql", who), most + 1).sql("mysql")
    return await here.opened.run(text, most, {})


@pytest.mark.parametrize("name", sorted(declarations().queries))
async def test_each_named_query_runs(port: int, erp: Opened, name: str) -> None:
    given = {"product": "QM-080"} if name == "stock_of_product" else {}
    assert (await run(port, erp, name, FINANCE, **given)).row_count > 0


async def test_each_department_sees_its_own(port: int, erp: Opened) -> None:
    assert {row[0] for row in (await run(port, erp, "budget_vs_actual", PRODUCTION)).rows} == {"生产部"}
    assert (await run(port, erp, "late_orders", PRODUCTION)).row_count == 0
    assert (await run(port, erp, "late_orders", FINANCE)).row_count > 0


async def test_values_of_every_kind_come_out_plain(port: int, erp: Opened) -> None:
    found = await read(port, erp, "select id, 名称, price, at, raw from oddities order by id")
    assert found.rows == (
        (1, "轴承 🧾 <b>x</b>", "12345678901234567890.0123456789", "2026-01-01 08:00:00", "(1 bytes)"),
        (2, None, None, None, None),
    )
    assert (await read(port, erp, "select name from old_names")).rows == (("离心泵",),), "GBK"


async def test_ten_million_rows_are_not_fetched(port: int, erp: Opened) -> None:
    began = time.monotonic()
    found = await read(port, erp, "select id from millions", most=200)
    assert (len(found.rows), found.more) == (200, True)
    assert time.monotonic() - began < 5


async def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_runs(port: int) -> None:
    here, began = Opened(on_mariadb(port, timeout_seconds=0.3).sources["erp"]), time.monotonic()
    with pytest.raises(Refused, match="did not finish") as error:
        await read(port, here, "select count(*) from order_items a, order_items b where a.quantity < b.quantity")
    assert (error.value.reason, time.monotonic() - began < 5) == ("source_slow", True)
    assert (await read(port, here, "select count(*) from products")).rows[0][0] > 20
    await here.opened.close()


async def test_the_transaction_cannot_write(port: int, erp: Opened) -> None:
    for statement in ("DELETE FROM stock", "CREATE TABLE x (a int)", "UPDATE products SET unit_price = 0"):
        with pytest.raises(Refused):
            await erp.opened.run(statement, 1, {})
    assert (await erp.opened.run("SELECT count(*) FROM stock", 1, {})).rows[0][0] > 50


@pytest.mark.parametrize(
    "given", ["INSERT ON erp.stock", "UPDATE (unit_price) ON erp.products", "ALL PRIVILEGES ON erp.*", "FILE ON *.*"]
)
async def test_a_login_that_can_write_is_refused(port: int, given: str) -> None:
    url = f"mysql://clerk@127.0.0.1:{port}/erp"
    with admin(port) as root:
        cursor = root.cursor()
        cursor.execute("CREATE USER clerk@'%'")
        cursor.execute("GRANT SELECT ON erp.* TO clerk@'%'")
        try:
            assert (await check(on_mariadb(port, url=url), Path("/"), ()))[0]["problems"] == []
            cursor.execute(f"GRANT {given} TO clerk@'%'")
            problems = (await check(on_mariadb(port, url=url), Path("/"), ()))[0]["problems"]
            assert any("SELECT alone" in problem for problem in problems), problems
            here = Opened(on_mariadb(port, url=url).sources["erp"])
            with pytest.raises(Refused) as error:
                await read(port, here, "select count(*) from products")
            assert error.value.reason == "source_unsafe"
            await here.opened.close()
        finally:
            cursor.execute("DROP USER clerk@'%'")


async def test_a_changed_column_is_named(port: int, erp: Opened) -> None:
    with admin(port, database="erp") as root:
        root.cursor().execute("ALTER TABLE warehouses RENAME COLUMN city TO town")
        try:
            with pytest.raises(Refused, match="city") as error:
                await read(port, erp, "select city from warehouses")
        finally:
            root.cursor().execute("ALTER TABLE warehouses RENAME COLUMN town TO city")
    assert (error.value.reason, error.value.status) == ("source_changed", 502)


async def test_a_login_that_is_not_let_in_is_told_apart_from_a_server_that_is_away(port: int) -> None:
    here = Opened(on_mariadb(port, url=f"mysql://nobody@127.0.0.1:{port}/erp").sources["erp"])
    with pytest.raises(Refused, match="does not let Cloister in") as error:
        await read(port, here, "select count(*) from products")
    assert error.value.reason == "source_denied"
    await here.opened.close()


async def test_a_server_that_is_gone_is_told_at_once() -> None:
    with mariadb_server() as port:
        with admin(port) as root:
            fill(root)
        here = Opened(on_mariadb(port, timeout_seconds=0.5).sources["erp"])
        assert (await read(port, here, "select count(*) from products")).rows
    began = time.monotonic()
    with pytest.raises(Unavailable, match="does not answer now"):
        await read(port, here, "select count(*) from products")
    assert time.monotonic() - began < 5
    await here.opened.close()
