"""Which figures of an answer stand in no passage."""

from datetime import UTC, datetime

import pytest

from services.inference.output.figures import unfounded
from shared.events import Passage, RowColumn, RowSet

PLACE = {"document_id": "d", "revision": 1, "workspace": "w", "title": "Report", "chunk": 0, "page": 1, "score": 1.0}
TEXT = "Revenue was 12,345,678 yuan, up 8.5 % from 2025. 库存共 381 台。成本为3.2亿元。"
ROWS = (("华东", 1200, 0.5), ("华南", 800, 0.25), ("海外", 400, None))


def papers(*texts: str) -> tuple[Passage, ...]:
    return tuple(Passage(**PLACE, text=text) for text in texts)


def table() -> tuple[Passage, ...]:
    columns = tuple(RowColumn(name=name, title=name) for name in ("region", "sales", "share"))
    rows = RowSet(
        source="erp", source_title="ERP", query="q", title="Sales", statement="SELECT", columns=columns, rows=ROWS,
        row_count=3, read_at=datetime.now(UTC), digest="0",
    )  # fmt: skip
    return (Passage(**PLACE, text="| region | sales |", data=rows),)


@pytest.mark.parametrize(
    "answer",
    [
        "Revenue was 12,345,678 yuan. [1]",
        "Revenue was 12.3 million yuan, up 8.5 percent.",
        "营业收入约1235万元，增长8.5%。",
        "收入１２，３４５，６７８元",
        "库存为381台，成本320百万元。",
        "1. 库存381台\n2. 见第三章，2026-11-27 发布",
        "按 QM-080 型号，2025年",
        "The share is 百分之8.5.",
        "There is no figure here.",
    ],
)
def test_figures_of_the_passages_are_founded(answer: str) -> None:
    assert unfounded(answer, "", papers(TEXT)) == ()


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("Revenue was 12,345,679 yuan.", ("12,345,679",)),
        ("Revenue was 13 million yuan.", ("13 million",)),
        ("库存为 382 台，增长11%。", ("382", "11%")),
        ("成本为3.4亿元", ("3.4亿",)),
    ],
)
def test_other_figures_are_named_as_they_are_written(answer: str, wrong: tuple[str, ...]) -> None:
    assert unfounded(answer, "", papers(TEXT)) == wrong


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("华东 1,200，华南 800，海外 400", ()),
        ("三个区域合计 2,400，平均 800", ()),
        ("华东比华南多 400，华南占华东的 66.7%", ()),
        ("共 3 行，华东占 50%", ()),
        ("合计 2,500", ("2,500",)),
        ("华东 1,300", ("1,300",)),
    ],
)
def test_sums_means_differences_and_shares_of_rows_are_founded(answer: str, wrong: tuple[str, ...]) -> None:
    assert unfounded(answer, "", table()) == wrong


def test_a_figure_of_the_question_may_be_said_again() -> None:
    assert unfounded("The 17 oldest are …", "Which are the 17 oldest?", papers(TEXT)) == ()
