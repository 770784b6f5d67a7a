"""Proposed queries: what a form becomes, what is refused, and how a model mends it once."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from services.connectors.databases import open_database
from services.connectors.guard import guarded
from services.connectors.guard.view import View
from services.connectors.proposals.compiling import compiled
from services.connectors.proposals.drafting import Proposals
from services.connectors.proposals.form import Form, schema
from services.connectors.proposals.members import Members
from services.connectors.rights.visibility import view_of
from shared.errors import Refused
from tests.services.connectors.running import NOW, declarations, erp, right

__all__ = ["erp"]
YEAR = "cast(substr(ordered_on, 1, 4) as integer)"
SOURCE = declarations().sources["erp"]
FINANCE, PRODUCTION = right("person:alice", "group:finance"), right("person:chen", "group:production")


def view(who: Any = FINANCE, dialect: str = "sqlite") -> View:
    return view_of(SOURCE, dialect, who)


def form(*measures: str, by: tuple[str, ...] = (), **more: Any) -> Form:
    given = {"granularity": "", "filters": [], "order": [], "limit": 50} | more
    return Form.model_validate({"measures": list(measures), "dimensions": list(by)} | given)


def where(member: str, operator: str, *values: str) -> dict[str, Any]:
    return {"member": member, "operator": operator, "values": list(values)}


async def rows(folder: Path, filled: Form, who: Any = FINANCE) -> tuple[tuple[Any, ...], ...]:
    query = compiled(filled, Members.of(SOURCE, view(who)), view(who), "erp")
    database = open_database(SOURCE, folder)
    found = await database.run(guarded(query.sql, view(who), 50).sql("sqlite"), 50, {})
    assert len(query.columns) == len(filled.measures) + len(filled.dimensions)
    return found.rows


def plain(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "erp.db") as database:
        return database.execute(sql).fetchall()


async def test_a_sum_by_a_dimension_three_tables_away_counts_nothing_twice(erp: Path) -> None:
    found = await rows(erp, form("sales", by=("customers.region",), order=[{"member": "sales", "descending": True}]))
    wanted = plain(
        erp, "select c.region, sum(i.quantity * i.unit_price) s from order_items i join orders o on o.id = i.order_id"
        " join customers c on c.id = o.customer_id group by 1 order by s desc",
    )  # fmt: skip
    assert [row[0] for row in found] == [row[0] for row in wanted]
    assert [row[1] for row in found] == pytest.approx([row[1] for row in wanted])


@pytest.mark.parametrize(
    ("granularity", "key"),
    [
        ("year", YEAR),
        ("month", "cast(substr(ordered_on, 1, 4) || substr(ordered_on, 6, 2) as integer)"),
        (
            "quarter",
            "cast(substr(ordered_on, 1, 4) as integer) * 10 + (cast(substr(ordered_on, 6, 2) as integer) + 2) / 3",
        ),
    ],
)
async def test_dates_are_grouped_by_year_month_and_quarter(erp: Path, granularity: str, key: str) -> None:
    found = await rows(erp, form("order_count", by=("orders.ordered_on",), granularity=granularity))
    assert sorted(found) == sorted(plain(erp, f"select {key}, count(*) from orders group by 1"))  # noqa: S608


async def test_filters_compare_texts_numbers_and_dates(erp: Path) -> None:
    filters = [
        where("orders.status", "=", "已完成", "已发货"),
        where("orders.ordered_on", ">=", "2026-01-01"),
        where("order_count", ">", "12"),
    ]
    found = await rows(erp, form("order_count", by=("customers.name",), filters=filters))
    wanted = plain(
        erp, "select c.name, count(*) n from orders o join customers c on c.id = o.customer_id where status in"
        " ('已完成', '已发货') and ordered_on >= '2026-01-01' group by c.name having n > 12",
    )  # fmt: skip
    assert sorted(found) == sorted(wanted)


async def test_a_proposal_stays_inside_the_askers_rights(erp: Path) -> None:
    assert await rows(erp, form("order_count"), PRODUCTION) == ((0,),)
    assert {row[0] for row in await rows(erp, form("spent", by=("departments.name",)), PRODUCTION)} == {"生产部"}
    assert "customers.credit_limit" not in Members.of(SOURCE, view(PRODUCTION)).dimensions
    assert "employees.name" not in json.dumps(schema(Members.of(SOURCE, view())))


@pytest.mark.parametrize(
    ("filled", "words"),
    [
        (form("sales", "stock_quantity"), "different tables"),
        (form("stock_quantity", by=("customers.region",)), "without counting rows twice"),
        (form("sales", by=("employees.salary",)), "there is no employees.salary"),
        (form("sales", filters=[where("orders.ordered_on", ">", "yesterday")]), "no date"),
        (form("sales", filters=[where("order_items.quantity", ">", "many")]), "no number"),
        (form("nothing"), "different tables"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_in_words(filled: Form, words: str) -> None:
    with pytest.raises(Refused, match=words):
        compiled(filled, Members.of(SOURCE, view()), view(), "erp")


@pytest.mark.parametrize("value", ["x' OR '1'='1", "已完成'; DROP TABLE orders; --", "%", "\\'"])
async def test_a_value_is_never_sql(erp: Path, value: str) -> None:
    assert await rows(erp, form("order_count", filters=[where("orders.status", "=", value)])) == ((0,),)


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "tsql", "oracle"])
def test_every_dialect_gets_a_query_that_parses(dialect: str) -> None:
    seen = view(FINANCE, dialect)
    filled = form("sales", by=("orders.ordered_on", "products.category"), granularity="quarter")
    query = compiled(filled, Members.of(SOURCE, seen), seen, "erp")
    assert guarded(query.sql, seen, 10).sql(dialect)


class Model:
    """Answers in turn; `told` is what it was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.told = [json.dumps(one) for one in answers], list[str]()

    async def ask(self, text: str, _: dict[str, Any]) -> str:
        self.told.append(text)
        return self.answers.pop(0)


async def test_a_form_is_mended_once_with_what_was_wrong() -> None:
    wrong, good = form("sales", "stock_quantity"), form("sales", by=("customers.region",))
    model = Model(wrong.model_dump(), good.model_dump())
    query = await Proposals("erp", SOURCE, view(), model.ask).first("去年各区域的销售额", NOW)
    assert "different tables" in model.told[1]
    assert "`去年` is from 2025-01-01 up to but without 2026-01-01." in model.told[0]
    assert query.title.zh == "销售额（按区域）"


async def test_a_form_that_is_wrong_twice_is_refused() -> None:
    wrong = form("sales", "stock_quantity").model_dump()
    with pytest.raises(Refused, match="different tables"):
        await Proposals("erp", SOURCE, view(), Model(wrong, wrong).ask).first("销售额", NOW)


async def test_sql_of_a_model_passes_the_same_guard() -> None:
    plain_sql = SOURCE.model_copy(update={"proposals": "sql"})
    model = Model({"sql": "DELETE FROM orders"}, {"sql": "SELECT COUNT(*) FROM orders"})
    query = await Proposals("erp", plain_sql, view(), model.ask).first("订单数", NOW)
    assert query.sql == "SELECT COUNT(*) FROM orders"
    assert "not one SELECT" in model.told[1]


@pytest.mark.parametrize(
    ("question", "named"),
    [("去年的销售额", True), ("turnover by category", True), ("差旅制度", False), ("who is the CEO", False)],
)
def test_a_question_that_names_no_measure_is_not_for_a_proposal(question: str, named: bool) -> None:
    assert Members.of(SOURCE, view()).mentioned(question) is named
