"""A connection that is slow, or comes and goes: the page says so, keeps what was typed, and goes on by itself."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.company import Company
from tests.support.department import HOTEL, Department
from tests.support.tcp_relay import Relay
from tests.web.test_knowledge import keeper
from tests.web.test_trouble import LANGUAGES, THOUGHT, WORDS
from tests.web.visitor import Sessions, Visitors, ask

AGAIN = {"en": "Connecting again", "zh": "正在重新连接"}
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}  # ms, bytes/s


@pytest.fixture
def relay(cloister: Company) -> Iterator[Relay]:
    relay = Relay(urlsplit(cloister.system.base).port or 80)
    yield relay
    relay.end()


@pytest.fixture
def behind(relay: Relay, chromium: Browser, sessions: Sessions) -> Iterator[Visitors]:
    """People whose pages are on the other side of the relay."""
    found = Visitors(chromium, f"http://127.0.0.1:{relay.port}", sessions)
    yield found
    found.leave()
    assert found.trouble == []


@LANGUAGES
def test_an_answer_whose_line_is_cut_says_that_it_connects_again_and_goes_on(
    department: Department, relay: Relay, behind: Visitors, language: str
) -> None:
    page = behind.open(department.alice, language=language)
    ask(page, f"{HOTEL} Tell it dragging.")
    page.locator(".answer .prose").wait_for()
    relay.shut()
    expect(page.locator(".waiting")).to_contain_text(AGAIN[language])
    page.locator("#question").fill(THOUGHT)
    relay.open = True
    page.locator(".opinion").wait_for(timeout=60_000)
    expect(page.locator(".answer")).to_contain_text("180 US dollars")
    expect(page.locator(".waiting")).to_have_count(0)
    expect(page.locator("#question")).to_have_value(THOUGHT)


@LANGUAGES
def test_who_is_signed_in_is_not_asked_to_sign_in_while_there_is_no_connection(
    department: Department, visitors: Visitors, language: str
) -> None:
    page = visitors.open(department.alice, language=language, path="/icon.svg")
    page.route("**/auth/session", lambda route: route.abort())
    page.goto("/")
    expect(page.get_by_role("alert")).to_have_text(WORDS[language]["unreachable"])
    expect(page.locator("input[name=password]")).to_have_count(0)
    page.unroute("**/auth/session")
    page.locator("#question").wait_for()


def test_files_are_sent_again_when_the_connection_is_back(cloister: Company, relay: Relay, behind: Visitors) -> None:
    workspace = cloister.workspace("unsteady")
    page = keeper(cloister, behind, workspace)
    relay.shut()
    files = [{"name": f"{n}.txt", "mimeType": "text/plain", "buffer": f"Gate {n} is shut.".encode()} for n in range(5)]
    page.locator("input[type=file]:not([webkitdirectory])").set_input_files(files)
    lines = page.locator(".uploads li")
    expect(lines.filter(has_text="No connection.").first).to_be_visible()
    expect(lines.filter(has_text="failed")).to_have_count(0)
    relay.open = True
    expect(page.get_by_text("5 of 5 done")).to_be_visible(timeout=60_000)
    assert cloister.admin.call("GET", f"/api/documents?workspace={workspace}")["total"] == 5


def test_before_the_script_is_there_the_page_is_not_blank(visitors: Visitors) -> None:
    held: list[Route] = []
    page = visitors.open(path="/icon.svg")
    page.route(re.compile(r"/assets/index-.*\.js"), lambda route: held.append(route))
    page.goto("/", wait_until="commit")
    expect(page.locator(".blank .mark")).to_be_visible()
    held[0].continue_()
    page.get_by_role("heading", level=1).wait_for()
    expect(page.locator(".blank")).to_have_count(0)


def test_on_a_slow_network_each_step_shows_that_it_is_under_way(
    department: Department, cloister: Company, visitors: Visitors
) -> None:
    page = visitors.open(department.alice)
    page.locator("#question").wait_for()
    slow(page)
    ask(page, HOTEL)
    expect(page.locator(".waiting, .answer[aria-busy=true]").first).to_be_visible()
    page.locator(".sources button").first.click(timeout=60_000)
    expect(page.locator(".source [aria-busy=true]")).to_be_visible()
    expect(page.locator(".source mark")).to_be_visible(timeout=60_000)
    keeping = keeper(cloister, visitors, cloister.workspace("slow"))
    slow(keeping)
    big = {"name": "big.txt", "mimeType": "text/plain", "buffer": b"The gate is shut.\n" * 8000}
    keeping.locator("input[type=file]:not([webkitdirectory])").set_input_files(big)
    expect(keeping.locator(".uploads li")).to_contain_text(re.compile(r"sending \d+ %"))
    keeping.goto("/#/admin/people")
    expect(keeping.locator("[aria-busy=true]").first).to_be_visible()
    expect(keeping.locator(".people tbody")).to_contain_text("admin", timeout=60_000)


def slow(page: Page) -> None:
    """From now on, as over a bad mobile network."""
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
