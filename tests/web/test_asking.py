"""Ask in the page: sign in, a streamed answer, its sources, and all of it again after a reload."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.company import PASSWORD, Company
from tests.support.department import HOTEL, MEALS, Department
from tests.web.visitor import PHONE, Visitors, answered, ask

SLOWLY = f"{HOTEL} Tell it slowly."


def test_somebody_signs_in_with_a_local_account(cloister: Company, visitors: Visitors) -> None:
    name = cloister.person("dora").me()["name"]
    page = visitors.open()
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_an_answer_shows_its_sources_and_opens_the_marked_text(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice)
    answered(page, HOTEL)
    expect(page.locator(".answer")).to_contain_text("180 US dollars")
    page.locator(".answer").get_by_role("button", name=re.compile("Open source")).first.click()
    panel = page.get_by_role("complementary")
    expect(panel.locator("mark")).to_have_text(panel.locator("blockquote").inner_text())
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_the_quote_is_marked_in_the_drawn_page_of_a_pdf(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice, language="zh")
    answered(page, MEALS)
    page.locator(".sources button").first.click()
    expect(page.get_by_text("引用段落已标出")).to_be_visible(timeout=30_000)
    marked = page.evaluate("[...CSS.highlights.get('quote')].map((range) => range.toString()).join('')")
    assert "120" in marked


def test_an_answer_goes_on_after_a_reload_in_its_middle(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice)
    ask(page, SLOWLY)
    expect(page.locator(".answer")).to_contain_text(re.compile("."))
    page.reload()
    page.locator(".opinion").wait_for()
    whole = page.locator(".answer").inner_text()
    page.reload()
    page.locator(".opinion").wait_for()
    assert page.locator(".answer").inner_text() == whole
    assert page.locator(".sources button").count() >= 1


def test_an_answer_is_stopped_and_what_was_written_stays(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice)
    ask(page, SLOWLY)
    expect(page.locator(".answer")).to_contain_text(re.compile("."))
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("You stopped this answer.").first).to_be_visible()
    expect(page.locator(".answer")).to_contain_text(re.compile("."))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_works_on_a_phone(department: Department, visitors: Visitors, language: str) -> None:
    page = visitors.open(department.alice, language=language, viewport=PHONE, has_touch=True, is_mobile=True)
    answered(page, HOTEL)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator(".sources button").first.tap()
    expect(page.get_by_role("dialog").locator("mark")).to_be_in_viewport()


def test_somebody_signs_out_of_another_browser(cloister: Company, visitors: Visitors) -> None:
    dora = cloister.person("dora")
    page, other = visitors.open(dora, anew=True), visitors.open(dora, anew=True)
    page.locator(".account-button").click()
    page.get_by_role("button", name="Where you are signed in").click()
    rows = page.locator(".sessions li")
    expect(rows.filter(has_text="this browser")).to_have_count(1)
    before = rows.count()
    rows.filter(has_not_text="this browser").first.get_by_role("button", name="Sign out there").click()
    expect(rows).to_have_count(before - 1)
    other.reload()
    expect(other.get_by_label("User name")).to_be_visible()
