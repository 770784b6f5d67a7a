"""Long conversations and long lists stay fluent, and the first paint is quick."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route, expect

from tests.support.company import Company
from tests.support.department import HOTEL, Department
from tests.web.test_knowledge import DOCUMENT
from tests.web.visitor import Visitors, answered, ask, visit

LONG_TASKS = """
window.long = []
new PerformanceObserver((list) => long.push(...list.getEntries().map((one) => Math.round(one.duration))))
  .observe({ type: 'longtask', buffered: true })
"""
LONGEST = 100  # ms
PARAGRAPH = "The limit for a hotel is **180 US dollars** a night in Europe [1].\n\n- one\n- two\n\n"
TABLE = "| a | b |\n| - | - |\n| 1 | 2 |\n\n"


def hundred_turns(conversation: str) -> dict[str, Any]:
    cited = {
        "n": 1, "document_id": "d", "revision": 1, "title": "Overseas Travel Policy.docx", "page": 1, "heading": "",
        "quote": "180 US dollars", "superseded": False, "newest": 1,
    }  # fmt: skip
    turn = {
        "question": HOTEL, "answer": (PARAGRAPH + TABLE) * 6, "citations": [cited], "finish": "stop", "error": None,
        "withheld": False, "useful": None, "asked_at": "2026-07-01T00:00:00Z",
    }  # fmt: skip
    turns = [turn | {"query_id": f"{n:032x}"} for n in range(100)]
    about = {"conversation": conversation, "title": "Hotels", "pinned": False, "updated_at": "2026-07-01T00:00:00Z"}
    return about | {"turns": turns, "pending": []}


def longest(page: Page) -> int:
    return int(page.evaluate("Math.max(0, ...long)"))


def test_an_answer_streams_below_a_hundred_others_without_a_long_pause(
    department: Department, visitors: Visitors
) -> None:
    page = visitors.open(department.alice)
    page.route(re.compile("/api/conversations/speed"), lambda route: route.fulfill(json=hundred_turns("speed-1")))
    page.goto("/#/ask/speed-1")
    expect(page.locator(".exchange")).to_have_count(100)
    page.evaluate(LONG_TASKS)
    page.evaluate("long.length = 0")
    ask(page, f"{HOTEL} Tell it slowly.")
    expect(page.locator(".exchange")).to_have_count(101)
    page.locator(".exchange").last.locator(".opinion").wait_for()
    assert longest(page) <= LONGEST, page.evaluate("long")


def page_of_thousands(route: Route) -> None:
    """What the server says of 5,000 documents: the page that is asked for."""
    asked = parse_qs(urlsplit(route.request.url).query)
    offset, limit = (int(asked.get(name, ["0"])[0]) for name in ("offset", "limit"))
    some = [
        DOCUMENT | {"document_id": f"d{n}", "title": f"Manual {n}.pdf", "status": "indexed"}
        for n in range(offset, min(offset + limit, 5000))
    ]
    route.fulfill(json={"documents": some, "total": 5000})


def test_five_thousand_documents_are_paged_while_an_answer_streams_without_a_long_pause(
    cloister: Company, department: Department, visitors: Visitors
) -> None:
    cloister.grant(department.name, "person:admin", "ask", "read", "write")
    page = visitors.open(cloister.admin)
    page.route(re.compile(r"/api/documents\?"), page_of_thousands)
    visit(page, "knowledge")
    expect(page.get_by_text("1–100 of 5,000")).to_be_visible()
    page.goto("/#/ask")
    ask(page, f"{HOTEL} Tell it dragging.")
    page.locator(".answer .prose").wait_for()
    page.evaluate(LONG_TASKS)
    page.evaluate("long.length = 0")
    page.goto("/#/knowledge")
    for first in (101, 201, 301):
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_text(f"{first}–{first + 99} of 5,000")).to_be_visible()
    assert longest(page) <= LONGEST, page.evaluate("long")


def test_a_text_selection_survives_streaming(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice)
    answered(page, HOTEL)
    ask(page, f"{HOTEL} Tell it slowly.")
    page.locator(".exchange").nth(1).locator(".prose p").first.wait_for()
    select = "place => getSelection().selectAllChildren(place)"
    page.locator(".exchange").first.locator(".prose p").first.evaluate(select)
    before = page.evaluate("getSelection().toString()")
    page.locator(".opinion").nth(1).wait_for()
    assert before
    assert page.evaluate("getSelection().toString()") == before


def test_the_first_paint_takes_less_than_a_second(visitors: Visitors) -> None:
    page = visitors.open()
    page.get_by_role("heading", level=1).wait_for()
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert paint < 1000
