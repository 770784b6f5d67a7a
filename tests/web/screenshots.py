"""`make screenshots`: each view of the page as a picture in docs/images, from a running sample company."""

import json
import time
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.system import System, system
from client import Http, Refused
from tests.web.conftest import ARGS, CHROMIUM
from tests.web.visitor import PHONE, Visitors, answered, sign_in, visit

IMAGES = Path(__file__).parents[2] / "docs" / "images"
EXAMPLES = Path(__file__).parents[2] / "examples"
DESK = {"width": 1280, "height": 800}
MEALS = "出差每天的伙食补贴是多少？"
WARRANTY = "How long is the warranty?"
HOTEL = "What is the hotel limit in Europe?"
STOCK = "top_stock"
VIEWS = {
    "knowledge": "knowledge/documents", "search-test": "knowledge/search", "evaluation": "knowledge/evaluation",
    "data": f"data/queries/{STOCK}", "schedules": "data/schedules", "people": "admin/people", "groups": "admin/groups",
    "rights": "admin/grants", "keys": "admin/keys", "limits": "admin/limits", "queue": "admin/queue",
    "usage": "admin/usage", "audit": "admin/audit", "alerts": "admin/alerts", "sources": "admin/sources",
    "status": "admin/status",
}  # fmt: skip


def main() -> None:
    """Start, look, stop."""
    with system(sample="1") as running, sync_playwright() as playwright:
        passwords = _passwords(running)
        with playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS) as browser:
            _tried(running, passwords["chen"])
            _asking(browser, running, passwords)
            _looking_after(browser, running)


def _passwords(running: System) -> dict[str, str]:
    """Of the sample company, once it is loaded."""
    kept = running.home / "sample-passwords.json"
    end = time.monotonic() + 120
    with running.http() as http:
        while not kept.exists() or http.get("/api/documents?status=indexed").json()["total"] < 16:
            assert time.monotonic() < end, "the sample company is not loaded"
            time.sleep(0.5)
    found: dict[str, str] = json.loads(kept.read_text())
    return found


def _tried(running: System, password: str) -> None:
    """Somebody looks for workspaces that are not theirs: an alert to show."""
    chen = Http(running.base)
    chen.login("chen", password)
    for name in ("board", "payroll", "mergers", "lawsuits", "patents", "audit"):
        with suppress(Refused):
            chen.call("POST", "/api/search", json={"question": "salaries", "workspaces": [name]})


def _asking(browser: Browser, running: System, passwords: dict[str, str]) -> None:
    """Signed out, asking, a page of a PDF beside its answer; on a phone in the dark."""
    visitors = Visitors(browser, running.base)
    page = visitors.open(viewport=DESK)
    page.get_by_role("heading", level=1).wait_for()
    _keep(page, "sign-in")
    page = _signed_in(visitors, "bob", passwords, viewport=DESK)
    page.locator(".fresh li").first.wait_for()
    _keep(page, "ask")
    answered(page, WARRANTY)
    page.locator(".sources button").first.click()
    page.get_by_text("The quoted passage is marked").wait_for()
    _keep(page, "answer")
    page = _signed_in(visitors, "alice", passwords, language="zh", viewport=DESK)
    answered(page, MEALS)
    page.locator(".sources button").first.click()
    page.get_by_text("引用段落已标出").wait_for()
    _keep(page, "answer-zh")
    page = _signed_in(
        visitors, "alice", passwords, language="zh", color_scheme="dark", viewport=PHONE, device_scale_factor=2
    )
    answered(page, MEALS)
    _keep(page, "phone")
    visitors.leave()


def _signed_in(visitors: Visitors, who: str, passwords: dict[str, str], **more: object) -> Page:
    page = visitors.open(**more)
    sign_in(page, who, passwords[who])
    page.goto("/")
    page.locator("#question").wait_for()
    return page


def _looking_after(browser: Browser, running: System) -> None:
    """What keepers, administrators and auditors see."""
    visitors = Visitors(browser, running.base)
    page = visitors.open(viewport=DESK)
    sign_in(page, "admin")
    for name, view in VIEWS.items():
        visit(page, view)
        if name in ACTS:
            ACTS[name](page)
        _keep(page, name)
    _keep_journey(page)
    page.goto("/#/knowledge/documents")
    page.locator(".rows a", has_text="差旅报销制度").click()
    page.get_by_placeholder("person:bob").fill("person:bob")
    page.get_by_role("button", name="Why?").click()
    page.locator(".verdict").wait_for()
    page.locator(".verdict").scroll_into_view_if_needed()
    _keep(page, "readers")
    page = visitors.open(language="zh", viewport=PHONE, device_scale_factor=2)
    sign_in(page, "admin")
    visit(page, "admin/alerts")
    _keep(page, "phone-alerts")
    visitors.leave()


def _searched(page: Page) -> None:
    page.locator("input[name=question]").fill(HOTEL)
    page.keyboard.press("Enter")
    page.locator(".rows").wait_for()


def _evaluated(page: Page) -> None:
    """The sample company's questions, in the workspace that most of them are about."""
    lines = (EXAMPLES / "company" / "questions.jsonl").read_text().splitlines()
    finance = "\n".join(line for line in lines if json.loads(line).get("workspace", "finance") == "finance")
    page.locator("input[type=file]").set_input_files(
        {"name": "questions.jsonl", "mimeType": "application/jsonl", "buffer": finance.encode()}
    )
    page.get_by_label("Workspace").select_option("finance")
    page.locator("form.facts .primary").click()
    page.get_by_role("button", name="Save the result").wait_for(timeout=120_000)


def _queried(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator(".data-rows tbody tr").first.wait_for()


def _keep_journey(page: Page) -> None:
    """Of the newest question in the log."""
    visit(page, "admin/audit")
    page.locator(".log tr").filter(has_text="query.asked").first.locator(".id").click()
    page.locator(".journey").wait_for()
    _keep(page, "journey")


ACTS = {"search-test": _searched, "evaluation": _evaluated, "data": _queried}


def _keep(page: Page, name: str) -> None:
    page.evaluate("document.activeElement?.blur()")
    page.screenshot(path=IMAGES / f"page-{name}.png", animations="disabled")


if __name__ == "__main__":
    main()
