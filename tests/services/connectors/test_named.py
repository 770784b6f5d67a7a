"""The sample company's named queries, run on its ERP for people of different departments."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from services.connectors.apis import Api
from services.connectors.databases import open_database
from services.connectors.execution import Run, execute
from services.connectors.named.binding import Unbound, bind, checked
from services.connectors.named.values import Known, known
from shared.errors import Refused
from shared.events import RowSet
from shared.security.capability import Right
from tests.services.connectors.running import NOW, declarations, erp, right

__all__ = ["erp"]
FINANCE = right("person:alice", "group:finance")
PRODUCTION = right("person:chen", "group:production")
NOBODY = right("person:eve")


class Opened:
    """What the service has open, with the ERP's file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def database(self, name: str, source: Any) -> Any:
        return open_database(source, self._folder)

    def api(self, name: str, source: Any) -> Any:
        return Api(source, self._folder)


async def run(folder: Path, name: str, who: Right, **given: Any) -> RowSet:
    query = declarations().queries[name]
    source = declarations().sources["erp"]
    wanted = Run(name, query, source, checked(query, given, NOW), in_chinese=True)
    result, _ = await execute(wanted, who, Opened(folder))
    return result


def rows(folder: Path, sql: str) -> list[Any]:
    with sqlite3.connect(folder / "erp.db") as database:
        return database.execute(sql).fetchall()


NEEDED = {"stock_of_product": {"product": "QM-080"}}


@pytest.mark.parametrize("name", sorted(declarations().queries))
async def test_each_query_runs_and_says_its_rows(erp: Path, name: str) -> None:
    result = await run(erp, name, FINANCE, **NEEDED.get(name, {}))
    assert result.row_count > 0
    assert [column.title for column in result.columns] != [column.name for column in result.columns]
    assert len(result.digest) == 64
    assert result.answer.startswith(result.title)


async def test_the_five_highest_stocks_are_those_of_the_database(erp: Path) -> None:
    result = await run(erp, "top_stock", FINANCE, count=5)
    wanted = rows(
        erp, "select p.code, sum(quantity) q from stock s join products p on p.id = s.product_id"
        " group by p.code order by q desc, p.code limit 5",
    )  # fmt: skip
    assert [(row[0], row[3]) for row in result.rows] == wanted


async def test_each_department_sees_its_own_budget(erp: Path) -> None:
    mine = {row[0] for row in (await run(erp, "budget_vs_actual", PRODUCTION)).rows}
    everybody = {row[0] for row in (await run(erp, "budget_vs_actual", FINANCE)).rows}
    assert mine == {"生产部"}
    assert {"财务部", "法务部", "生产部"} < everybody
    assert (await run(erp, "budget_vs_actual", NOBODY)).row_count == 0


async def test_a_system_that_speaks_for_a_person_sees_what_both_may_see(erp: Path) -> None:
    through = right("person:alice", "group:finance", through=("app:crm", "group:legal"))
    assert {row[0] for row in (await run(erp, "budget_vs_actual", through)).rows} == {"法务部"}
    assert (await run(erp, "late_orders", through)).row_count == 0


async def test_a_table_that_is_not_open_is_refused_without_a_hint_that_it_is_there(erp: Path) -> None:
    with pytest.raises(Refused, match="not run") as error:
        await run(erp, "sensor_alarms", NOBODY)
    assert error.value.status == 422


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"count": "five"}, "'count' cannot be 'five': give a whole number from 1 to 50"),
        ({"count": 0}, "from 1 to 50"),
        ({"count": True}, "from 1 to 50"),
        ({"period": "whenever"}, 'words like "last quarter"'),
        ({"period": ["2026-02-30", "2026-03-01"]}, "two dates"),
        ({"colour": 1}, "There is no parameter 'colour'"),
    ],
)
def test_a_wrong_parameter_is_named_with_its_remedy(given: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words.replace("[", r"\[").replace('"', ".")):
        checked(declarations().queries["top_customers"], given, NOW)


async def nothing(_: Any) -> list[Known]:
    return known([("QM-080", "离心泵 DN80", "Centrifugal pump DN80"), ("QM-200", "流程泵 DN200", "Process pump DN200")])


@pytest.mark.parametrize(
    ("name", "question", "parameter", "value"),
    [
        ("top_stock", "当前库存最高的5种产品是什么？", "count", 5),
        ("top_stock", "库存排名前十的产品", "count", 10),
        ("top_stock", "Which three products do we hold most of?", "count", 3),
        ("top_stock", "top 7 items", "count", 7),
        ("top_stock", "库存最高的产品", "count", 5),
        ("overdue_invoices", "逾期超过30天的应收账款", "days", 30),
        ("overdue_invoices", "invoices more than 60 days overdue", "days", 60),
        ("top_customers", "2025年下单金额前10的公司", "count", 10),
        ("top_customers", "2025年下单金额前10的公司", "period_start", "2025-01-01"),
        ("stock_of_product", "qm 080 还剩多少", "product", "QM-080"),
        ("stock_of_product", "流程泵DN200有几台", "product", "QM-200"),
        ("stock_of_product", "how many Process pumps DN200 are left", "product", "QM-200"),
        ("sensor_alarms", "过去12小时有没有机器过热", "metric", "温度"),
        ("sensor_alarms", "machines with vibration today", "metric", "振动"),
    ],
)
async def test_parameters_are_read_from_a_question(name: str, question: str, parameter: str, value: Any) -> None:
    bound = await bind(declarations().queries[name], question, NOW, nothing)
    assert bound[parameter] == value


def test_what_a_question_must_name_is_asked_for() -> None:
    with pytest.raises(Unbound, match="Which 产品 product"):
        asyncio.run(bind(declarations().queries["stock_of_product"], "还有多少库存？", NOW, nothing))
