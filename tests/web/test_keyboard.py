"""Without a mouse and without eyes: by keyboard from the sign-in to the source, and what a screen reader hears."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.company import PASSWORD
from tests.support.department import HOTEL, MEALS, Department
from tests.web.visitor import PHONE, Visitors, answered

WORDS = {
    "en": {"done": "The answer is complete: ", "sources": "source", "mark": "Open source "},
    "zh": {"done": "回答完毕：", "sources": "个来源", "mark": "打开来源 "},
}
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
AT_MARK = "document.activeElement.matches('.answer button.cite[title*=Overseas]')"
HEARD = """() => { window.heard = []; const region = document.querySelector('[role=status][aria-live=polite]')
  new MutationObserver(() => heard.push(region.textContent))
    .observe(region, { childList: true, characterData: true, subtree: true }) }"""


def tab_to(page: Page, css: str, most: int = 60) -> None:
    for _ in range(most):
        if page.evaluate("css => document.activeElement.matches(css)", css):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{css} is not reached by {most} presses of Tab")


@LANGUAGES
def test_from_the_sign_in_to_the_marked_passage_by_keyboard_alone(
    department: Department, visitors: Visitors, language: str
) -> None:
    page = visitors.open(language=language)
    page.locator("input[name=username]").wait_for()
    page.keyboard.type(department.alice.me()["name"])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type(HOTEL)
    page.keyboard.press("Enter")
    page.locator(".opinion").wait_for()
    for _ in range(60):
        if page.evaluate(AT_MARK):
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary")
    expect(panel).to_be_focused()
    expect(panel.locator("mark")).to_contain_text("US dollars")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.locator(".answer button.cite[title*=Overseas]:focus")).to_have_count(1)


@LANGUAGES
def test_a_screen_reader_hears_the_answer_once_with_its_sources(
    department: Department, visitors: Visitors, language: str
) -> None:
    words = WORDS[language]
    page = visitors.open(department.alice, language=language)
    page.locator("#question").wait_for()
    page.evaluate(HEARD)
    answered(page, HOTEL)
    region = page.locator("[role=status][aria-live=polite]").first
    expect(region).to_contain_text(words["done"])
    expect(region).to_contain_text("180 US dollars")
    expect(region).to_contain_text(words["sources"])
    heard = page.evaluate("heard")
    assert sum("180 US dollars" in one for one in heard) == 1
    assert not re.search(r"\[\d+\]|\*\*", heard[-1])
    tree = page.locator(".answer").aria_snapshot()
    assert f'button "{words["mark"]}' in tree.replace("'", "")
    page.reload()
    page.locator(".opinion").wait_for()
    expect(region).to_have_text("")  # what one has heard before is not read again


def test_what_was_wrong_is_typed_where_the_focus_went(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice)
    answered(page, HOTEL)
    tab = page.get_by_role("button", name="Wrong")
    tab.focus()
    page.keyboard.press("Enter")
    box = page.get_by_label("What was wrong, or missing?")
    expect(box).to_be_focused()
    page.keyboard.type("It is 190.")
    tab_to(page, ".comment button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your opinion is kept")).to_be_visible()


def test_a_number_opens_the_source_that_is_marked_with_it(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice)
    answered(page, HOTEL)
    number = page.locator(".sources .cite").last.inner_text()
    title = page.locator(".sources .source-title").last.inner_text()
    page.locator(".answer button.cite").first.focus()
    page.keyboard.press(number)
    expect(page.get_by_role("complementary").get_by_role("heading", name=title)).to_be_visible()


def test_a_dialog_that_opens_from_the_drawer_of_a_phone_is_whole(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice, viewport=PHONE)
    answered(page, HOTEL)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("dialog", name="Cloister").locator(".history-list li .round").first.click()
    page.get_by_role("button", name="Rename").click()
    dialog = page.get_by_role("dialog", name="Rename")
    expect(dialog.get_by_role("heading", name="Rename")).to_be_visible()
    outer, field = dialog.bounding_box(), dialog.get_by_label("New title").bounding_box()
    assert outer is not None
    assert field is not None
    assert field["x"] - outer["x"] >= 12, "its content touches the edge"


def test_marks_of_a_pdf_stand_where_its_words_are_drawn_in_either_language(
    department: Department, visitors: Visitors
) -> None:
    widths = {}
    for language in ("en", "zh"):
        page = visitors.open(department.alice, language=language)
        answered(page, MEALS)
        page.locator(".sources button", has_text=".pdf").first.click()
        page.locator(".textLayer span").first.wait_for(timeout=30_000)
        page.wait_for_function("CSS.highlights.has('quote')")
        widths[language] = page.evaluate(
            """[...document.querySelectorAll('.textLayer span')]
              .map((one) => Math.round(one.getBoundingClientRect().width))"""
        )
        assert page.locator(".textLayer").get_attribute("lang") is not None
    assert len(widths["en"]) == len(widths["zh"])
    assert all(abs(a - b) <= 1 for a, b in zip(widths["en"], widths["zh"], strict=True))
