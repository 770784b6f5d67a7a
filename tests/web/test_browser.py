"""Browsers that keep nothing, or keep it for the next person: no cookies, no clipboard, one tab for two people."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.company import PASSWORD, Company
from tests.support.department import HOTEL, Department
from tests.web.visitor import Visitors, answered, ask

WORDS = {
    "en": {"cookies": "keeps no cookies for Cloister", "copy": "Copy with sources", "copied": "Copied",
           "not": "did not allow copying", "out": "Sign out", "late": "takes longer than usual"},
    "zh": {"cookies": "不为 Cloister 保存 Cookie", "copy": "连同来源复制", "copied": "已复制",
           "not": "浏览器不允许复制", "out": "退出登录", "late": "比平常要久"},
}  # fmt: skip
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"


def fill(page: Page, name: str) -> None:
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")


@LANGUAGES
def test_a_browser_that_keeps_no_cookies_is_told_so_and_the_name_stays(
    department: Department, visitors: Visitors, language: str
) -> None:
    page, me = visitors.open(language=language), department.alice.me()
    name = me["name"]
    signed_in = {"signed_in": True, "ways": ["password"], "session": {"csrf": "-"}, "me": me}
    page.route("**/auth/login", lambda route: route.fulfill(json=signed_in))  # its cookie is not kept
    fill(page, name)
    expect(page.get_by_role("alert")).to_contain_text(WORDS[language]["cookies"])
    expect(page.locator("input[name=username]")).to_have_value(name)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_one_person_typed_in_a_tab_is_not_shown_to_the_next(
    cloister: Company, department: Department, visitors: Visitors
) -> None:
    other = cloister.person("next", department.name).me()["name"]
    page = visitors.open(department.alice, anew=True)
    page.locator("#question").fill("Alice's own thought")
    page.locator(".account-button").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    fill(page, other)
    page.locator("#question").wait_for()
    expect(page.locator("#question")).to_have_value("")
    assert "thought" not in page.evaluate("Object.values(sessionStorage).join()")


@LANGUAGES
def test_an_answer_is_copied_without_the_newer_clipboard_and_told_when_it_is_not(
    department: Department, visitors: Visitors, language: str
) -> None:
    words = WORDS[language]
    page = visitors.open(department.alice, language=language, path="/icon.svg")
    page.add_init_script(NO_CLIPBOARD)  # as on pages without HTTPS
    page.goto("/")
    answered(page, HOTEL)
    page.get_by_role("button", name=words["copy"]).click()
    expect(page.get_by_role("button", name=words["copied"])).to_be_visible()
    page.evaluate("document.execCommand = () => false")
    page.get_by_role("button", name=words["copy"]).click()
    expect(page.get_by_role("alert")).to_contain_text(words["not"])


def test_a_chosen_workspace_that_is_not_open_any_more_does_not_refuse_the_question(
    department: Department, visitors: Visitors
) -> None:
    page = visitors.open(department.alice, path="/icon.svg")
    page.evaluate("localStorage.setItem('cloister.workspaces', '[\"closed-since\"]')")
    page.goto("/")
    answered(page, HOTEL)
    expect(page.locator(".answer")).to_contain_text("180 US dollars")


@LANGUAGES
def test_a_question_that_takes_long_says_what_one_can_do(
    department: Department, visitors: Visitors, language: str
) -> None:
    page = visitors.open(department.alice, language=language)
    page.locator("#question").wait_for()
    page.clock.install()
    page.route("**/api/chat", lambda _: None)  # nothing comes back
    ask(page, HOTEL)
    page.locator(".waiting").wait_for()
    page.clock.fast_forward(16_000)
    expect(page.get_by_text(WORDS[language]["late"])).to_be_visible()


def test_a_question_is_stopped_before_the_server_has_named_it(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice)
    page.locator("#question").wait_for()
    held: list[Route] = []
    page.route("**/api/chat", lambda route: held.append(route))
    ask(page, f"{HOTEL} Tell it dragging.")
    page.get_by_role("button", name="Stop").click()
    with page.expect_request(lambda one: one.method == "DELETE" and "/api/queries/" in one.url):
        held[0].continue_()
    expect(page.locator(".exchange .note")).to_contain_text("You stopped this answer.", timeout=60_000)
