"""While an answer is waited for: the place in the queue, the model's reasoning, and what became old meanwhile."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from client import Http
from tests.support.company import Company, raw
from tests.support.department import HOTEL, Department
from tests.web.visitor import Visitors, answered, ask

DRAGGING = f"{HOTEL} Tell it dragging."
WORDS = {
    "en": {
        "queue": re.compile(r"(Number \d+|You are next) in the queue"), "reasoning": "How the model reasoned",
        "superseded": "superseded", "older": "This is an older revision; revision 2 is current.",
        "newest": "Open the current one",
    },
    "zh": {
        "queue": re.compile("排在第 \\d+ 位|下一个就轮到您"), "reasoning": "模型的思考过程",
        "superseded": "已被新版取代",
        "older": "这是旧版本；当前版本是第 2 版。", "newest": "打开当前版本",
    },
}  # fmt: skip
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def asked(who: Http) -> int:
    return raw(who, "POST", "/api/chat", json={"question": DRAGGING}).status_code


def all_there(cloister: Company, questions: int) -> bool:
    pools = cloister.admin.call("GET", "/api/queue")["pools"]
    return sum(one["answering"] + sum(one["waiting"].values()) for one in pools) >= questions


def test_who_waits_sees_their_place_in_the_queue_in_either_language(
    cloister: Company, department: Department, visitors: Visitors
) -> None:
    pages = {name: visitors.open(cloister.person("eve", department.name), language=name) for name in WORDS}
    for page in pages.values():
        page.locator("#question").wait_for()
    others = [cloister.person("other", department.name) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        busy = [pool.submit(asked, who) for who in others]
        cloister.until(lambda: all_there(cloister, len(busy)))  # the others come first, two at a time
        for page in pages.values():
            ask(page, HOTEL)
        for name, page in pages.items():
            expect(page.locator(".waiting")).to_have_text(WORDS[name]["queue"])
        for page in pages.values():
            page.locator(".opinion").wait_for(timeout=60_000)
        assert [one.result() for one in busy] == [200] * 4


@LANGUAGES
def test_the_reasoning_of_a_model_is_folded_away(department: Department, visitors: Visitors, language: str) -> None:
    page = visitors.open(department.alice, language=language)
    answered(page, f"{HOTEL} Show the reasoning.")
    folded = page.locator("details.reasoning")
    expect(folded.locator("summary")).to_have_text(WORDS[language]["reasoning"])
    expect(folded.locator("p")).to_be_hidden()
    folded.locator("summary").click()
    expect(folded.locator("p")).to_have_text("The passages are compared first.")
    expect(page.locator(".answer")).not_to_contain_text("compared first")


@LANGUAGES
def test_a_revision_that_was_replaced_since_is_marked_and_opens_as_it_was_cited(
    cloister: Company, visitors: Visitors, language: str
) -> None:
    workspace = cloister.workspace("revised")
    cloister.paper(workspace, "canteen.md", "The canteen opens at seven.")
    page = visitors.open(cloister.person("eve", workspace), language=language)
    answered(page, "When does the canteen open?")
    cloister.paper(workspace, "canteen.md", "The canteen opens at eight now.")
    page.reload()
    words = WORDS[language]
    expect(page.locator(".sources .tag")).to_have_text(words["superseded"])
    page.locator(".sources button").first.click()
    panel = page.get_by_role("complementary")
    expect(panel.locator(".banner")).to_contain_text(words["older"])
    expect(panel.locator("mark")).to_contain_text("opens at seven")
    panel.get_by_role("button", name=words["newest"]).click()
    expect(panel).to_contain_text("opens at eight now")
