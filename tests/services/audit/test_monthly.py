"""A month counted from its records, and compared with the one before."""

import json
import re
from pathlib import Path

import pytest

from client.reports import page
from services.audit.reports.monthly import FORMULAS, Month, before, bounds, month_figures
from shared.bus import Delivery
from tests.support.audit_log import audit_log

DAY = 1_763_000_000  # 2025-11-13
CITED = [{"document_id": "d1", "revision": 1, "page": 2, "quote": "x"}]


def told(seq: int, at: float, subject: str, **body: object) -> Delivery:
    reply = f"$JS.ACK.QUERIES.audit.1.{seq}.{seq}.{int(at * 1e9)}.0"
    return Delivery(subject, {}, json.dumps(body).encode(), "QUERIES", seq, 1, reply)


def journey(
    seq: int, at: float, who: str, department: str, seconds: float, *, kind: dict[str, object] | None = None,
    **answer: object,
) -> list[Delivery]:  # fmt: skip
    query = f"q{seq}"
    principal = {"id": who, "department": department}
    passages = [{"document_id": "d1", "revision": 1, "chunk": 1, "workspace": "finance"}]
    return [
        told(seq, at, "query.asked.v1", query=query, principal=principal, question="?", **(kind or {})),
        told(seq + 1, at + 0.1, "query.grounded.v1", query=query, principal=principal, passages=passages),
        told(seq + 2, at + 0.2, "query.ready.v1.default", query=query, principal=principal, pool="default"),
        told(seq + 3, at + seconds, f"answer.gateway.{query}", query=query, principal=who, **answer),
    ]


async def test_the_figures_are_those_of_the_records(tmp_path: Path) -> None:
    async with audit_log(tmp_path) as log:
        await log.add(
            *journey(1, DAY, "person:a", "finance", 2.2, answer="A", citations=CITED),
            *journey(11, DAY + 86_400, "person:b", "legal", 4.2, answer="B"),
            *journey(21, DAY + 86_500, "person:a", "finance", 1.2, reason="expired", status=504),
        )
        found = await month_figures(log.reader, "2025-11", 6, 7.2)
        none = await month_figures(log.reader, "2025-10", 6, 7.2)
    assert (found["questions"], found["people"], found["departments"]) == (3, 2, {"finance": 2, "legal": 1})
    assert found["outcomes"] == {"answered": 1, "not_found": 1, "refused": 1}
    assert found["response_seconds"] == {"p50": 4.2, "p95": 4.2}
    assert (found["hours_saved"], found["gpu_seconds"]) == (0.1, {"finance": 3.0, "legal": 4.0})
    assert found["costs"] == {"finance": 0.01, "legal": 0.01}
    assert (found["workspaces"], found["documents"]) == ({"finance": 3}, {"d1": 3})
    assert none["questions"] == 0


async def test_an_answer_that_is_recorded_before_its_question_counts(tmp_path: Path) -> None:
    first, *_, answer = journey(1, DAY, "person:a", "finance", 2, answer="B")
    async with audit_log(tmp_path) as log:
        await log.add(answer)
        await log.add(first)
        found = await month_figures(log.reader, "2025-11", 6, 7.2)
    assert found["outcomes"] == {"answered": 0, "not_found": 1, "refused": 0}
    assert found["response_seconds"]["p50"] == 2


async def test_a_plain_answer_is_one_and_a_front_ends_prompt_is_no_question(tmp_path: Path) -> None:
    async with audit_log(tmp_path) as log:
        await log.add(
            *journey(1, DAY, "person:a", "finance", 2, kind={"plain": True}, answer="A"),
            *journey(11, DAY, "person:a", "finance", 2, kind={"plain": True, "purpose": "helper"}, answer="A title"),
        )
        found = await month_figures(log.reader, "2025-11", 6, 7.2)
    assert (found["questions"], found["outcomes"]) == (1, {"answered": 1, "not_found": 0, "refused": 0})


@pytest.mark.parametrize(("month", "earlier"), [("2026-01", "2025-12"), ("2026-11", "2026-10")])
def test_the_month_before(month: str, earlier: str) -> None:
    assert before(month) == earlier
    assert bounds(month)[0] == bounds(earlier)[1]


def test_the_page_draws_the_figures_and_loads_nothing() -> None:
    figures = Month().figures(6, 1) | {"opinions": {"useful": 3, "useless": 1}, "days": {"2026-11-01": 7}}
    text = page({"month": "2026-11", "figures": figures, "before": Month().figures(6, 1), "formula": "<f>"})
    assert "75 %" in text
    assert "not found" in text
    assert "<svg" in text
    assert "&lt;f&gt;" in text
    assert "http" not in text


def test_the_page_is_told_in_chinese_where_it_is_asked_for() -> None:
    figures = Month().figures(6, 1) | {"opinions": {"useful": 3, "useless": 1}, "days": {"2026-11-01": 7}}
    text = page({"month": "2026-11", "figures": figures, "before": figures, "formula": FORMULAS["zh"]}, "zh")
    assert '<html lang="zh-CN">' in text
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL)
    assert set(re.findall(r"[A-Za-z]{2,}", shown)) <= {"Cloister", "GPU"}
    assert ("每日提问" in text, "文档中没有" in text) == (True, True)
