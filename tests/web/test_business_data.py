"""Business data in the page: a named query with its rows drawn, its parameters checked, and a question by the clock."""

from playwright.sync_api import expect

from tests.services.connectors.running import erp
from tests.stories.test_business_data import Plant, plant
from tests.support.company import Company
from tests.web.inspection import findings, too_wide
from tests.web.tongues import speak
from tests.web.visitor import Visitors, visit

__all__ = ["erp", "plant"]


def test_a_named_query_is_run_and_its_rows_are_drawn(plant: Plant, visitors: Visitors) -> None:
    page = visitors.open(plant.alice, language="zh")
    page.get_by_role("link", name="业务数据").click()
    page.locator(".data-list a").filter(has_text="库存").first.click()
    page.locator("input[type=number]").fill("3")
    page.get_by_role("button", name="运行").click()
    expect(page.locator(".data-rows tbody tr")).to_have_count(3)
    expect(page.locator(".data-rows .plot rect")).to_have_count(3)
    expect(page.locator(".data-rows")).to_contain_text("启明泵业ERP")
    assert findings(page) == []
    assert too_wide(page, (360, 3840)) == []
    speak(page, "en")
    expect(page.get_by_role("button", name="Run")).to_be_visible()
    expect(page.locator(".asked h3")).to_have_text("As a question")
    page.locator(".asked button").first.click()
    expect(page.locator("#question")).not_to_have_value("")


def test_a_wrong_period_is_told_in_words_and_stays_in_its_field(plant: Plant, visitors: Visitors) -> None:
    page = visitors.open(plant.alice, language="en")
    queries = plant.alice.named_queries()
    name = next(one["name"] for one in queries if any(p["type"] == "period" for p in one["parameters"]))
    visit(page, f"data/queries/{name}")
    field = page.locator("input[list]")
    field.fill("the day after never")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("the day after never")
    expect(field).to_have_value("the day after never")
    field.fill("2026-01-01 to 2026-04-01")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_question_is_put_on_the_clock_and_taken_off_it(plant: Plant, visitors: Visitors) -> None:
    page = visitors.open(plant.alice)
    page.get_by_role("link", name="Business data").click()
    page.get_by_role("link", name="Schedules").click()
    page.get_by_text("Add a schedule").first.click()
    page.get_by_label("Title").fill("Stock on Mondays")
    page.get_by_role("textbox", name="Question").fill("Which five products have the highest stock?")
    page.get_by_label("When").select_option("week")
    page.get_by_label("At", exact=True).fill("07:30")
    page.get_by_role("button", name="Add a schedule").click()
    line = page.locator(".panel").filter(has_text="Stock on Mondays")
    expect(line).to_contain_text("30 7 * * 1")
    expect(line).to_contain_text("Mon")
    assert findings(page) == []
    assert too_wide(page, (360, 3840)) == []
    speak(page, "zh")
    expect(line).to_contain_text("下次：")
    expect(line).to_contain_text("周一")
    line.get_by_role("button", name="移除").click()
    page.get_by_role("dialog", name="移除").get_by_role("button", name="移除").click()
    expect(line).to_have_count(0)


def test_administrators_see_whether_each_source_works(cloister: Company, plant: Plant, visitors: Visitors) -> None:
    page = visitors.open(cloister.admin)
    visit(page, "admin/sources")
    source = page.locator(".panel").filter(has_text="erp")
    expect(source).to_contain_text("works")
    plant.database.rename(plant.database.with_suffix(".away"))
    try:
        page.get_by_role("button", name="Try again").click()
        expect(source.locator(".problem")).to_be_visible()
        speak(page, "zh")
        expect(source.locator(".tag")).to_contain_text("异常")
        expect(source.locator(".problem")).to_contain_text("系统原文（英文）：")
    finally:
        plant.database.with_suffix(".away").rename(plant.database)


def test_who_may_run_none_sees_no_such_part(plant: Plant, visitors: Visitors) -> None:
    page = visitors.open(plant.bob, path="/#/data")
    expect(page.get_by_text("No named query over business data is open to you.")).to_be_visible()
    expect(page.get_by_role("link", name="Business data")).to_have_count(0)
