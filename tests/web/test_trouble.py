"""What goes wrong before the page: each time a sentence that says what to do, and nothing is lost that was typed."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.company import PASSWORD, Company
from tests.support.department import HOTEL, MEALS, Department
from tests.web.visitor import Visitors, answered, ask

WORDS = {
    "en": {
        "unreachable": "Cloister cannot be reached. Check the network; what you typed is kept.", "again": "Ask again",
        "ended": "Your session ended. Sign in again; your draft is kept.", "user": "User name", "password": "Password",
        "sign in": "Sign in", "cut": "The connection was cut.", "go on": "Continue reading",
        "lost": "No connection.",
        "wrong": "The user name or the password is wrong. Check both, and try again.",
        "history": "The list could not be loaded.", "retry": "Try again", "gone": "There is no such document",
    },
    "zh": {
        "unreachable": "无法连接 Cloister。请检查网络；您输入的内容已保留。", "again": "再问一次",
        "ended": "登录已过期，请重新登录；您的草稿已保留。", "user": "用户名", "password": "密码", "sign in": "登录",
        "cut": "连接已中断。", "go on": "继续读取", "lost": "连接中断",
        "wrong": "用户名或密码不正确。请检查后再试。", "history": "列表加载失败。", "retry": "重试",
        "gone": "没有这个文档，或者未向您开放。",
    },
}  # fmt: skip
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
THOUGHT = "A thought that took long to write"


@LANGUAGES
def test_while_the_service_is_down_the_question_stays_also_over_a_reload(
    department: Department, visitors: Visitors, language: str
) -> None:
    page, words = visitors.open(department.alice, language=language), WORDS[language]
    page.route("**/api/chat", lambda route: route.abort())
    ask(page, THOUGHT)
    expect(page.get_by_role("alert")).to_contain_text(words["unreachable"])
    expect(page.locator("#question")).to_have_value(THOUGHT)
    page.goto("/")
    page.reload()
    page.locator("#question").wait_for()
    page.unroute("**/api/chat")
    kept = page.evaluate("Object.values(sessionStorage).join()")
    assert THOUGHT in kept


@LANGUAGES
def test_a_wrong_password_is_told_and_the_name_stays(visitors: Visitors, language: str) -> None:
    page, words = visitors.open(language=language), WORDS[language]
    page.get_by_label(words["user"]).fill("nobody")
    page.get_by_label(words["password"]).fill("not the password")
    page.get_by_role("button", name=words["sign in"]).click()
    expect(page.get_by_role("alert")).to_have_text(words["wrong"])
    expect(page.get_by_label(words["user"])).to_have_value("nobody")


@LANGUAGES
def test_after_the_session_ended_one_signs_in_over_the_page_and_goes_on(
    department: Department, visitors: Visitors, language: str
) -> None:
    page, words = visitors.open(department.alice, language=language), WORDS[language]
    answered(page, HOTEL)
    end_session(page)
    ask(page, MEALS)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(words["ended"])
    page.keyboard.press("Escape")  # there is no way around it, and none that loses the page
    expect(dialog).to_be_visible()
    dialog.get_by_label(words["user"]).fill(department.alice.me()["name"])
    dialog.get_by_label(words["password"]).fill(PASSWORD)
    dialog.get_by_role("button", name=words["sign in"]).click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".exchange").first).to_contain_text("180 US dollars")
    expect(page.locator("#question")).to_have_value(MEALS)
    page.locator(".exchange").last.get_by_role("button", name=words["again"]).click()
    expect(page.locator(".exchange").last.locator(".answer")).to_contain_text("120")
    expect(page.locator("#question")).to_have_value("")


def end_session(page: Page) -> None:
    """As an administrator or its age ends it: the page is not told."""
    page.context.clear_cookies()


@LANGUAGES
def test_a_stream_that_stays_cut_is_told_and_read_on_later(
    department: Department, visitors: Visitors, language: str
) -> None:
    page, words = visitors.open(department.alice, language=language), WORDS[language]
    page.locator("#question").wait_for()
    page.route("**/events", lambda route: route.abort())
    # Behind a proxy that cuts every stream, and pauses that a test need not wait for.
    page.evaluate(
        """() => { const real = fetch, later = setTimeout
          window.setTimeout = (act, pause, ...more) => later(act, Math.min(pause, 50), ...more)
          window.fetch = async (...given) => {
          const reply = await real(...given)
          if (!String(given[0]).endsWith('/api/chat')) return reply
          await reply.body.cancel()
          return new Response(new ReadableStream({ start(out) { out.error(new TypeError('network error')) } }),
            { headers: reply.headers }) } }"""
    )
    ask(page, HOTEL)
    expect(page.get_by_role("alert")).to_contain_text(words["cut"])
    page.unroute("**/events")
    page.get_by_role("button", name=words["go on"]).click()
    expect(page.locator(".answer")).to_contain_text("180 US dollars")


@LANGUAGES
@pytest.mark.parametrize(
    ("status", "said"),
    [(413, "The file is larger than 1 MiB. Split it."), (422, "The file a.txt is empty (0 bytes)."), (0, "lost")],
)
def test_an_upload_that_is_refused_says_why_and_the_others_go_on(
    cloister: Company, visitors: Visitors, language: str, status: int, said: str
) -> None:
    workspace = cloister.workspace("refused")
    page = visitors.open(cloister.admin, path="/#/knowledge", language=language)
    page.locator(".uploader select").select_option(workspace)
    answers: list[dict[str, Any]] = [{"status": status, "json": {"error": said, "reason": "refused"}}]

    def take(route: Any) -> None:
        if not answers:
            route.continue_()
        elif answers.pop()["status"]:
            route.fulfill(status=status, json={"error": said, "reason": "refused"})
        else:
            route.abort()

    page.route(re.compile("/api/documents$"), take)
    files = [
        {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": f"{name} 的保修期为一年。".encode()}
        for name in "ab"
    ]
    page.locator("input[type=file]:not([webkitdirectory])").set_input_files(files)
    lines = page.locator(".uploads li")
    expect(lines.filter(has_text=WORDS[language].get(said, said))).to_have_count(1)
    # What was lost on the way is sent again.
    expect(lines.locator(".tag.good")).to_have_count(1 if status else 2, timeout=60_000)


@LANGUAGES
def test_a_document_that_is_removed_while_its_passage_is_open_is_told_in_words(
    cloister: Company, visitors: Visitors, language: str
) -> None:
    workspace = cloister.workspace("leaving")
    paper = cloister.paper(workspace, "old rule.md", "The barrier closes at nine.\n\n" + "More of it. " * 20)
    page = visitors.open(cloister.person("eve", workspace), language=language)
    answered(page, "When does the barrier close?")
    page.locator(".sources button").first.click()
    panel = page.get_by_role("complementary")
    expect(panel.locator("mark")).to_contain_text("closes at nine")
    cloister.admin.call("DELETE", f"/api/documents/{paper['document_id']}")
    page.keyboard.press("Escape")
    page.locator(".sources button").first.click()
    expect(panel.get_by_role("alert")).to_contain_text(WORDS[language]["gone"])
    page.locator("#question").fill(THOUGHT)
    expect(page.locator("#question")).to_have_value(THOUGHT)


@LANGUAGES
def test_a_browser_without_storage_can_ask_all_the_same(
    department: Department, visitors: Visitors, language: str
) -> None:
    page = visitors.open(department.alice, language=language, path="/icon.svg")
    page.add_init_script(
        """for (const name of ['localStorage', 'sessionStorage'])
          Object.defineProperty(window, name, { get() { throw new DOMException('refused', 'SecurityError') } })"""
    )
    page.goto("/")
    answered(page, HOTEL)
    expect(page.locator(".answer")).to_contain_text("180 US dollars")
    page.locator("#question").fill(THOUGHT)
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator("#question")).to_have_value(THOUGHT)


@LANGUAGES
def test_a_list_that_cannot_be_loaded_offers_another_try(
    department: Department, visitors: Visitors, language: str
) -> None:
    page, words = visitors.open(department.alice, language=language, path="/icon.svg"), WORDS[language]
    page.route("**/api/conversations?*", lambda route: route.fulfill(status=502, body="<html>Bad gateway</html>"))
    page.goto("/")
    expect(page.locator(".history")).to_contain_text(words["history"])
    page.unroute("**/api/conversations?*")
    page.locator(".history").get_by_role("button", name=words["retry"]).click()
    expect(page.locator(".history")).not_to_contain_text(words["history"])
