"""Evaluation in the page: a file of questions or what people found useful, figures, and what each question found."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.company import Company
from tests.support.department import HOTEL, MEALS, Department, chat
from tests.web.inspection import findings, too_wide
from tests.web.tongues import speak
from tests.web.visitor import Visitors, visit

PAPER = "Overseas Travel Policy.docx"
ASKED = [
    {"question": HOTEL, "document": PAPER, "page": 1},
    {"question": MEALS, "document": "差旅报销制度.pdf"},
    {"question": "Who walks on the moon?", "document": "gone.md"},
]


def given(page: Page, folder: Path, text: str) -> None:
    path = folder / "questions.jsonl"
    path.write_text(text)
    page.locator("input[type=file]").set_input_files(path)


def test_a_set_of_questions_is_run_and_each_is_told(
    cloister: Company, department: Department, visitors: Visitors, tmp_path: Path
) -> None:
    page = visitors.open(cloister.admin)
    cloister.grant(department.name, "person:admin", "ask", "read", "manage")
    visit(page, "knowledge/evaluation")
    given(page, tmp_path, "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in ASKED))
    page.get_by_label("Workspace").select_option(department.name)
    page.get_by_label("Ask each question too").check()
    page.get_by_role("button", name="Run 3 questions").click()
    expect(page.get_by_text("3 questions asked.")).to_be_visible(timeout=60_000)
    rows = page.locator(".evaluated tbody tr")
    expect(rows.first).to_contain_text("no such document")
    hotel = rows.filter(has_text=HOTEL)
    expect(hotel.locator(".num").first).to_have_text("1")
    expect(hotel).to_contain_text("cites it")
    expect(page.locator(".card").first).to_contain_text("0.667")
    assert findings(page) == []
    assert too_wide(page, (360, 3840)) == []
    speak(page, "zh")
    expect(page.get_by_text("已提问 3 个问题。")).to_be_visible()
    expect(rows.first).to_contain_text("没有该文档")
    expect(hotel).to_contain_text("已引用")
    expect(page.locator(".card-label").first).to_have_text("首位命中")
    with page.expect_download() as saved:
        page.get_by_role("button", name="保存结果").click()
    kept: dict[str, Any] = json.loads(Path(saved.value.path()).read_text())
    assert kept["legs"]["fused"]["all"]["recall@1"] == round(2 / 3, 4)
    assert kept["unknown_documents"] == ["gone.md"]


def test_a_wrong_line_is_named_with_its_remedy(
    cloister: Company, department: Department, visitors: Visitors, tmp_path: Path
) -> None:
    page = visitors.open(cloister.admin)
    visit(page, "knowledge/evaluation")
    given(page, tmp_path, json.dumps(ASKED[0]) + '\n{"question": "?", "document": "a.md", "page": 0}\n')
    expect(page.get_by_role("alert")).to_have_text("Line 2: page is a number from 1, or left out.")
    speak(page, "zh")
    expect(page.get_by_role("alert")).to_have_text("第 2 行：page 是从 1 开始的数字，也可省略。")


def test_answers_that_were_found_useful_become_a_set(
    cloister: Company, department: Department, visitors: Visitors
) -> None:
    query = chat(department.alice, HOTEL, workspace=department.name)["query_id"]
    department.alice.rate(query, True, "")
    page = visitors.open(cloister.admin)
    visit(page, "knowledge/evaluation")
    page.get_by_label("Workspace").select_option(department.name)
    page.get_by_role("button", name="Take answers that were found useful").click()
    expect(page.get_by_role("button", name="Run 1 questions")).to_be_enabled()
