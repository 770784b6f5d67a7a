"""Where the source is a sheet or rows of a business system: a table, and its numbers drawn."""

import re

import pytest
from playwright.sync_api import expect

from tests.services.connectors.running import erp
from tests.stories.test_business_data import STOCK, Plant, plant
from tests.support.company import PAPERS, Company
from tests.web.visitor import PHONE, Visitors, answered

__all__ = ["erp", "plant"]
PRICES = 'Model,Price (EUR),Stock\nQM-100,"1,200",14\nQM-200,1850,3\nQM-300 Duplex,2400,8\n'
WORDS = {
    "en": {"plot": "Plot", "column": "Column", "found": "The quoted passage is marked.", "why": "Why can I read this"},
    "zh": {"plot": "图表", "column": "列", "found": "引用段落已标出。", "why": "为什么我能阅读"},
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sheet_opens_as_a_table_with_the_quoted_row_marked_and_its_numbers_drawn(
    cloister: Company, visitors: Visitors, language: str
) -> None:
    words, workspace = WORDS[language], cloister.workspace("prices")
    cloister.paper(workspace, "prices.csv", PRICES)
    page = visitors.open(cloister.person("zoe", workspace), language=language)
    answered(page, "What is the Price of the QM-300 Duplex Model?")
    page.locator(".sources button").first.click()
    panel = page.get_by_role("complementary")
    expect(panel.locator("table tbody tr")).to_have_count(3)
    expect(panel.get_by_text(words["found"])).to_be_visible()
    expect(panel.locator("mark").filter(has_text="QM-300 Duplex")).to_be_visible()
    panel.get_by_text(words["plot"], exact=True).click()
    expect(panel.locator(".plot rect")).to_have_count(3)
    expect(panel.locator(".plot figcaption")).to_have_text("Stock")
    panel.get_by_label(words["column"]).select_option(label="Price (EUR)")
    widths = [float(bar.get_attribute("width") or 0) for bar in panel.locator(".plot rect").all()]
    assert widths[2] == max(widths)
    assert widths[0] / widths[2] == pytest.approx(1200 / 2400, abs=0.01)


def test_a_workbook_of_the_sample_company_opens_at_its_sheet(cloister: Company, visitors: Visitors) -> None:
    workspace = cloister.workspace("budget")
    cloister.paper(workspace, "2026年度预算.xlsx", (PAPERS / "finance" / "2026年度预算.xlsx").read_bytes())
    page = visitors.open(cloister.person("zoe", workspace), language="zh", viewport=PHONE)
    answered(page, "费用系统升级的预算是多少？")
    page.locator(".sources button").first.click()
    panel = page.get_by_role("dialog")
    expect(panel.locator("table tbody tr").first).to_be_visible()
    expect(panel.locator("mark").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_rows_of_the_erp_are_drawn_and_tabled_as_they_were_read(plant: Plant, visitors: Visitors) -> None:
    page = visitors.open(plant.alice, language="zh")
    answered(page, STOCK)
    page.locator(".sources button").first.click()
    panel = page.get_by_role("complementary")
    rows = panel.locator("table tbody tr")
    expect(rows).to_have_count(5)
    expect(panel.locator(".plot rect")).to_have_count(5)
    shown = [re.sub(r"[^\d.]", "", text) for text in panel.locator("table tbody td.num:last-child").all_inner_texts()]
    drawn = [float(bar.get_attribute("width") or 0) for bar in panel.locator(".plot rect").all()]
    amounts = [float(text) for text in shown]
    assert amounts == sorted(amounts, reverse=True)
    assert drawn[4] / drawn[0] == pytest.approx(amounts[4] / amounts[0], abs=0.01)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_reads_an_answer_learns_why_its_source_is_open_to_them(
    cloister: Company, visitors: Visitors, language: str
) -> None:
    workspace = cloister.workspace("open")
    reader = cloister.person("reader", workspace)
    cloister.paper(workspace, "rota.md", "The rota changes on Mondays.", allow=reader.me()["id"])
    page = visitors.open(reader, language=language)
    answered(page, "When does the rota change?")
    page.locator(".sources button").first.click()
    panel = page.get_by_role("complementary")
    panel.get_by_text(WORDS[language]["why"]).click()
    expect(panel.locator(".verdict")).to_contain_text("rota.md")
    expect(panel.locator(".rules .holds").filter(has_text=reader.me()["id"]).first).to_be_visible()
    expect(panel.locator(".rules .fails")).to_have_count(0)
