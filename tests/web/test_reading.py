"""What people complain of in other pages: marks that lie, lost streams, input methods, jumping text."""

import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.support.department import HOTEL, MEALS, Department
from tests.web.visitor import Visitors, answered, ask

SLOWLY = f"{HOTEL} Tell it slowly."


def with_quote(quote: str) -> Any:
    """A stored conversation whose citations claim another quote."""

    def change(route: Route) -> None:
        reply = route.fetch()
        body = reply.json()
        for turn in body["turns"]:
            for citation in turn["citations"]:
                citation["quote"] = quote
        route.fulfill(response=reply, json=body)

    return change


def test_a_quote_that_is_not_on_the_page_is_told_and_nothing_is_marked(
    department: Department, visitors: Visitors
) -> None:
    page = visitors.open(department.alice)
    answered(page, MEALS)
    page.route(re.compile("/api/conversations/[^/]+$"), with_quote("这句话不在文件里。"))
    page.reload()
    page.locator(".sources button").first.click()
    expect(page.get_by_text("were not found on this page")).to_be_visible(timeout=30_000)
    assert page.evaluate("CSS.highlights.has('quote')") is False
    page.get_by_role("button", name="Show as text").click()
    expect(page.get_by_text("were not found on this page")).to_be_visible()
    expect(page.locator(".source mark")).to_have_count(0)


def test_a_mark_in_the_text_is_reached_and_opened_by_keyboard(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice)
    answered(page, HOTEL)
    mark = page.locator(".answer button.cite").first
    mark.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary")
    expect(panel).to_be_focused()
    page.keyboard.press("Escape")
    expect(mark).to_be_focused()
    page.locator("body").press(mark.inner_text())
    expect(panel).to_be_visible()


def test_a_stream_that_is_cut_goes_on_where_it_broke(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice)
    again: list[str] = []
    page.on("request", lambda one: again.append(one.headers.get("last-event-id", "")) if "/events" in one.url else None)
    # The first stream ends after its first tokens, as behind a proxy that gives up.
    page.evaluate(
        """() => { const real = fetch; window.fetch = async (...given) => {
          const reply = await real(...given)
          if (!String(given[0]).endsWith('/api/chat')) return reply
          let pieces = 0
          const short = reply.body.pipeThrough(new TransformStream({ transform(piece, out) {
            out.enqueue(piece); if (++pieces === 12) out.error(new TypeError('network error')) } }))
          return new Response(short, { headers: reply.headers }) } }"""
    )
    ask(page, SLOWLY)
    page.locator(".opinion").wait_for()
    assert any(re.fullmatch(r"[1-9]\d*-[0-9a-f]{8}", place) for place in again), again
    shown = page.locator(".answer").inner_text()
    page.reload()
    page.locator(".opinion").wait_for()
    assert page.locator(".answer").inner_text() == shown


def test_enter_that_ends_a_word_of_an_input_method_asks_nothing(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice, language="zh")
    box = page.locator("#question")
    box.fill("住宿")
    for composing in ({"isComposing": True}, {"keyCode": 229}):
        box.dispatch_event("keydown", {"key": "Enter", "bubbles": True, "cancelable": True, **composing})
    expect(page.locator(".exchange")).to_have_count(0)
    client = page.context.new_cdp_session(page)
    client.send("Input.imeSetComposition", {"text": "标准", "selectionStart": 2, "selectionEnd": 2})
    client.send("Input.insertText", {"text": "标准"})
    expect(box).to_have_value("住宿标准")
    box.press("Enter")
    expect(page.locator(".question")).to_have_text("住宿标准")


def test_the_page_follows_only_at_its_end(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice, viewport={"width": 1000, "height": 420})
    answered(page, HOTEL)
    ask(page, SLOWLY)
    page.locator(".exchange").nth(1).locator(".answer .prose").wait_for()
    turns = page.locator(".turns")
    turns.evaluate("place => place.scrollTo(0, 0)")
    page.get_by_role("button", name="Jump to newest").wait_for()
    page.locator(".opinion").nth(1).wait_for()
    assert turns.evaluate("place => place.scrollTop") == 0
    page.get_by_role("button", name="Jump to newest").click()
    assert at_the_end(page)


def at_the_end(page: Page) -> bool:
    return bool(page.locator(".turns").evaluate("p => p.scrollHeight - p.scrollTop - p.clientHeight < 80"))


def test_what_is_typed_outlives_a_reload_and_the_end_of_the_session(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice)
    page.locator("#question").fill("A long thought")
    page.reload()
    expect(page.locator("#question")).to_have_value("A long thought")
    page.route(
        "**/api/chat", lambda route: route.fulfill(status=401, json={"error": "Ended.", "reason": "unauthenticated"})
    )
    page.locator("#question").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("your draft is kept")
    expect(page.locator(".question")).to_have_text("A long thought")


def test_what_the_documents_do_not_say_is_told_with_what_comes_nearest(
    department: Department, visitors: Visitors
) -> None:
    page = visitors.open(department.alice)
    answered(page, "Who discovered the moons of Jupiter?")
    expect(page.locator(".nearest")).to_contain_text("These passages come nearest")
    expect(page.locator(".nearest")).to_contain_text("Who may know")
    page.locator(".nearest button").first.click()
    expect(page.get_by_role("complementary")).to_be_visible()


def test_a_cited_page_opens_at_an_address_of_its_own(department: Department, visitors: Visitors) -> None:
    """As sources of other systems' answers link to it."""
    found = department.alice.call("GET", "/api/documents")["documents"]
    document = next(one for one in found if one["title"] == "Overseas Travel Policy.docx")
    place = f"/#/source/{document['document_id']}/{document['revision']}/1"
    page = visitors.open(department.alice, place)
    expect(page.get_by_role("heading", name="Overseas Travel Policy.docx")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("180 US dollars").first).to_be_visible()
    stranger = visitors.open(department.bob, place)
    expect(stranger.get_by_role("alert")).to_be_visible(timeout=30_000)
    assert "180 US dollars" not in stranger.locator("body").inner_text()
