"""Questions to begin with, and finding by titles and headings while one types."""

import pytest
from playwright.sync_api import expect

from tests.support.company import Company
from tests.support.department import HOTEL, Department
from tests.web.inspection import findings, too_wide
from tests.web.visitor import DESKTOP, Visitors

MANUAL = (
    "# Press line\n\nWhat it does.\n\n## Emergency stop\n\nPull the red cord.\n\n## 每周润滑\n\n每周一加注润滑油。\n"
)
WORDS = {
    "en": {"question": "Question", "add": "Add", "none": "No starting points yet.", "remove": "Delete"},
    "zh": {"question": "问题", "add": "添加", "none": "还没有推荐问题。", "remove": "删除"},
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_manager_chooses_the_questions_that_their_department_begins_with(
    cloister: Company, department: Department, visitors: Visitors, language: str
) -> None:
    words = WORDS[language]
    cloister.grant(department.name, department.alice.me()["id"], "manage")
    page = visitors.open(department.alice, path="/#/knowledge/starting", language=language)
    page.get_by_label(words["question"], exact=True).fill(HOTEL)
    page.get_by_role("button", name=words["add"], exact=True).click()
    expect(page.locator(".rows tbody tr")).to_contain_text(HOTEL)
    assert findings(page) == []
    assert too_wide(page, (360,)) == []
    page.set_viewport_size(DESKTOP)

    colleague = visitors.open(cloister.person("new", department.name), language=language)
    colleague.get_by_role("button", name=HOTEL).click()
    expect(colleague.locator(".answer")).to_contain_text("180 US dollars")
    stranger = visitors.open(department.bob, language=language)
    stranger.locator("#question").wait_for()
    stranger.wait_for_load_state("networkidle")
    expect(stranger.locator(".starting")).to_have_count(0)

    page.locator(".rows").get_by_role("button", name=words["remove"]).click()
    page.get_by_role("dialog").get_by_role("button", name=words["remove"]).click()
    expect(page.get_by_text(words["none"])).to_be_visible()


@pytest.mark.parametrize(
    ("language", "chosen", "none", "kind"),
    [
        ("en", "Kind of work: ", "Just answer", "Overview for management"),
        ("zh", "场景：", "直接回答", "管理层概览"),
    ],
)
def test_one_chooses_the_kind_of_work_that_a_question_is_of(
    department: Department, visitors: Visitors, language: str, chosen: str, none: str, kind: str
) -> None:
    page = visitors.open(department.alice, language=language)
    page.get_by_role("button", name=f"{chosen}{none}").click()
    page.get_by_role("radio", name=kind).check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=f"{chosen}{kind}")).to_contain_text(kind)
    page.locator("#question").fill(HOTEL)
    with page.expect_request("**/api/chat") as asked:
        page.keyboard.press("Enter")
    assert asked.value.post_data_json["scenario"] == "overview"
    expect(page.locator(".answer")).to_contain_text("180 US dollars")


@pytest.mark.parametrize(("language", "typed", "heading"), [
    ("en", "emergency", "Press line › Emergency stop"), ("zh", "润滑", "Press line › 每周润滑"),
])  # fmt: skip
def test_a_heading_is_found_while_one_types_and_opens_where_it_stands(
    cloister: Company, visitors: Visitors, language: str, typed: str, heading: str
) -> None:
    workspace = cloister.workspace("press")
    cloister.paper(workspace, "press.md", MANUAL)
    page = visitors.open(cloister.person("finn", workspace), language=language)
    page.locator("#question").wait_for()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").press_sequentially(typed)
    option = page.get_by_role("option").filter(has_text=heading)
    expect(option).to_contain_text("press.md")
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary")
    expect(panel.locator("mark")).to_have_text(heading.rpartition(" › ")[2])
