"""Cloister in the page of another system: its strict policy holds, its person is signed in, others may not frame it."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Thread
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from examples.embed.erp import server
from tests.support.company import HOST, Company
from tests.support.department import HOTEL, Department
from tests.web.visitor import DESKTOP, PHONE


@dataclass
class Host:
    """The example's ERP; `tokens` were handed over."""

    tokens: int = 0


@pytest.fixture
def host(cloister: Company, department: Department) -> Iterator[Host]:
    made = Host()

    def token() -> str:
        made.tokens += 1
        return str(department.alice.token)

    running = server(cloister.system.base, int(urlsplit(HOST).port or 0), token, department.name)
    Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    running.shutdown()
    running.server_close()


def visit(chromium: Browser, size: dict[str, int], path: str = "/") -> tuple[Page, list[str]]:
    page = chromium.new_context(viewport=size, locale="en-GB").new_page()
    trouble: list[str] = []
    page.on("console", lambda one: trouble.append(one.text) if one.type == "error" else None)
    page.goto(HOST + path)
    return page, trouble


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_somebody_who_is_signed_in_elsewhere_asks_in_that_page(
    chromium: Browser, host: Host, size: dict[str, int]
) -> None:
    page, trouble = visit(chromium, size)
    page.get_by_role("button", name="Ask the company").click()
    frame = page.frame_locator("iframe")
    frame.locator("#question").fill(HOTEL)
    frame.locator("#question").press("Enter")
    expect(frame.locator(".answer")).to_contain_text("180 US dollars", timeout=30_000)
    frame.locator(".sources button").first.click()
    expect(frame.get_by_role("dialog").locator("mark")).to_be_visible()
    assert host.tokens == 1
    assert trouble == []
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert (box["width"] == size["width"]) is (size is PHONE), "on a phone it takes the whole screen"
    close = page.get_by_role("button", name="Close").bounding_box()
    assert close is not None
    apart = close["y"] + close["height"] <= box["y"] or close["y"] >= box["y"] + box["height"]
    assert apart, "the host's button must not cover what is inside"


def test_a_page_that_is_not_named_may_not_show_it(cloister: Company) -> None:
    base = cloister.system.base
    assert httpx.get(f"{base}/embed?key=crm").status_code == 404
    framed = httpx.get(f"{base}/embed?key=erp").headers["content-security-policy"]
    assert f"frame-ancestors {HOST};" in framed
    assert "frame-ancestors 'none'" in httpx.get(base).headers["content-security-policy"]


def test_a_kiosk_shows_it_at_once_and_whole(chromium: Browser, host: Host) -> None:
    page, trouble = visit(chromium, {"width": 1080, "height": 1920}, "/kiosk")
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (1080, 1920)
    frame = page.frame_locator("iframe")
    expect(frame.locator("#question")).to_be_visible()
    expect(page.get_by_role("button", name="Close")).to_have_count(0)
    assert trouble == []


def test_another_origin_with_the_same_key_is_shown_nothing(chromium: Browser, host: Host) -> None:
    elsewhere = HOST.replace("localhost", "127.0.0.1")
    page = chromium.new_context(viewport=DESKTOP, locale="en-GB").new_page()
    page.goto(elsewhere)
    with page.expect_event("console", lambda one: "frame-ancestors" in one.text):
        page.get_by_role("button", name="Ask the company").click()
    assert page.frame_locator("iframe").locator("#question").count() == 0
    assert host.tokens == 0
