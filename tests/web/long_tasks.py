"""Long conversations and long lists, and the tasks over 50 ms that a page has with them."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route, expect

from tests.support.department import HOTEL
from tests.web.test_knowledge import DOCUMENT
from tests.web.visitor import ask, visit

OBSERVE = """window.long ??= (new PerformanceObserver((list) => {
  long.push(...list.getEntries().map((one) => Math.round(one.duration))) }).observe({ type: 'longtask' }), [])
long.length = 0"""
# Of each frame once turns are drawn: how many, and whether the end of the newest is seen. As soon as it is, the reader
# goes `away` from it, as a wheel does between two frames; from then on `top` is where the newest turn begins.
WATCH = """(away) => { window.opening = []
  let seen = false, gone = false
  const look = () => {
    const turns = document.querySelector('.turns'), drawn = [...document.querySelectorAll('.exchange')]
    const foot = turns?.getBoundingClientRect().bottom, ended = drawn.at(-1)?.getBoundingClientRect().bottom <= foot
    const top = gone ? drawn.at(-1).getBoundingClientRect().top : null
    if (drawn.length) opening.push({ drawn: drawn.length, ended, top })
    if (ended && !seen) { seen = true; setTimeout(() => { turns.scrollTop -= away; gone = true }) }
    if (opening.at(-1)?.drawn !== 100) requestAnimationFrame(look)
  }
  requestAnimationFrame(look) }"""
OPENED = """() => new Promise((told) => {
  const look = () => (opening.at(-1)?.drawn === 100 ? told(opening) : requestAnimationFrame(look))
  look() })"""
PARAGRAPH = "The limit for a hotel is **180 US dollars** a night in Europe [1].\n\n- one\n- two\n\n"
TABLE = "| a | b |\n| - | - |\n| 1 | 2 |\n\n"
DOCUMENTS = 5000
ROUNDING = 2  # px: a place to scroll to is a whole number
# A heading is in the document a moment before it is painted.
FIRST_PAINT = """new Promise((told) => new PerformanceObserver((list) => {
  for (const paint of list.getEntriesByName('first-contentful-paint')) told(paint.startTime)
}).observe({ type: 'paint', buffered: true }))"""


def observe(page: Page) -> None:
    """From now on."""
    page.evaluate(OBSERVE)


def long_tasks(page: Page) -> list[int]:
    """Milliseconds of each, the longest first."""
    return sorted(map(int, page.evaluate("long")), reverse=True)


def open_a_hundred_turns(page: Page, away: int = 0) -> list[dict[str, Any]]:
    """What each frame shows; the reader goes `away` px above the end as soon as they see it."""
    page.route(re.compile("/api/conversations/speed"), lambda route: route.fulfill(json=hundred_turns("speed-1")))
    page.evaluate(WATCH, away)
    page.goto("/#/ask/speed-1")
    expect(page.locator(".exchange")).to_have_count(100, timeout=30_000)
    return list(page.evaluate(OPENED))


def moved(frames: list[dict[str, Any]]) -> float:
    """How far the newest turn moved, in px, while the reader was there."""
    places = [one["top"] for one in frames if one["top"] is not None]
    assert len(places) > 5, frames
    return float(max(places) - min(places))


def stream_below_a_hundred_turns(page: Page) -> list[int]:
    """The long tasks while an answer streams at the end of a long conversation."""
    open_a_hundred_turns(page)
    observe(page)
    ask(page, f"{HOTEL} Tell it slowly.")
    expect(page.locator(".exchange")).to_have_count(101)
    page.locator(".exchange").last.locator(".opinion").wait_for()
    return long_tasks(page)


def turn_pages_while_streaming(page: Page) -> list[int]:
    """The long tasks while thousands of documents are looked through and an answer streams."""
    page.route(re.compile(r"/api/documents\?"), page_of_thousands)
    visit(page, "knowledge")
    expect(page.get_by_text(f"1–100 of {DOCUMENTS:,}")).to_be_visible(timeout=30_000)
    page.goto("/#/ask")
    ask(page, f"{HOTEL} Tell it dragging.")
    page.locator(".answer .prose").wait_for()
    observe(page)
    page.goto("/#/knowledge")
    for first in (101, 201, 301):
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_text(f"{first}–{first + 99} of {DOCUMENTS:,}")).to_be_visible(timeout=30_000)
    return long_tasks(page)


def hundred_turns(conversation: str) -> dict[str, Any]:
    """What the server says of it."""
    cited = {
        "n": 1, "document_id": "d", "revision": 1, "title": "Overseas Travel Policy.docx", "page": 1, "heading": "",
        "quote": "180 US dollars", "superseded": False, "newest": 1,
    }  # fmt: skip
    turn = {
        "answer": (PARAGRAPH + TABLE) * 6, "citations": [cited], "finish": "stop", "error": None,
        "withheld": False, "useful": None, "asked_at": "2026-07-01T00:00:00Z",
    }  # fmt: skip
    turns = [turn | {"query_id": f"{n:032x}", "question": f"{HOTEL} ({n})"} for n in range(100)]
    about = {"conversation": conversation, "title": "Hotels", "pinned": False, "updated_at": "2026-07-01T00:00:00Z"}
    return about | {"turns": turns, "pending": []}


def page_of_thousands(route: Route) -> None:
    """What the server says of the documents: the page that is asked for."""
    asked = parse_qs(urlsplit(route.request.url).query)
    offset, limit = (int(asked.get(name, ["0"])[0]) for name in ("offset", "limit"))
    some = [
        DOCUMENT | {"document_id": f"d{n}", "title": f"Manual {n}.pdf", "status": "indexed"}
        for n in range(offset, min(offset + limit, DOCUMENTS))
    ]
    route.fulfill(json={"documents": some, "total": DOCUMENTS})
