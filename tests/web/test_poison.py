"""200 poisoned answers, titles, headings, quotes, pages: nothing scripts, navigates or calls out."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.department import Department
from tests.web.poison import poisons
from tests.web.visitor import Visitors

TRAPS = """
window.violations = []
addEventListener('securitypolicyviolation', (one) => violations.push(one.violatedDirective + ' ' + one.blockedURI))
"""
FORBIDDEN = (
    "script, iframe, object, embed, img, video, form form, base, meta, style, link, [ping], a[target], "
    "a[href^='http'], a[href^='javascript'], a[href^='data'], [onerror], [onload], [ontoggle]"
)


def turn(n: int, text: str) -> dict[str, Any]:
    cited = {"n": 1, "document_id": f"d{n}", "revision": 1, "title": text, "page": 1, "heading": text, "quote": text}
    return {
        "query_id": f"{n:032x}", "question": text, "answer": f"{text} [1]", "finish": "stop", "error": None,
        "citations": [cited | {"superseded": True, "newest": 2}], "withheld": False, "useful": None,
        "asked_at": "2026-07-01T00:00:00Z",
    }  # fmt: skip


def poisoned(visitors: Visitors, department: Department) -> Page:
    """A page whose every reply is poisoned."""
    page = visitors.open(department.alice, path="/docs/assets/favicon.png")
    page.add_init_script(TRAPS)
    texts = poisons()
    about = {"pinned": False, "updated_at": "2026-07-01T00:00:00Z"}
    listed = [{"conversation": f"c{n}", "title": text, "turns": 1} | about for n, text in enumerate(texts)]
    detail = {
        "conversation": "c0",
        "title": texts[0],
        "pending": [],
        "turns": [turn(*each) for each in enumerate(texts)],
    }
    revision = {"document_id": "d0", "revision": 1, "title": texts[0], "pages": 1, "superseded": True, "newest": 2}
    text = {"text": "\n".join(texts), "start": 0, "end": 20, "pages": 1}
    for pattern, body in (
        (r"/api/conversations(\?.*)?$", {"conversations": listed, "total": len(listed)}),
        (r"/api/conversations/c0$", detail | about),
        (r"/api/documents/d\d+/revisions/\d+$", revision),
        (r"/api/documents/d\d+/revisions/\d+/pages/", text),
    ):
        page.route(re.compile(pattern), lambda route, _, body=body: route.fulfill(json=body))
    return page


def test_poisoned_answers_titles_quotes_and_pages_are_only_text(department: Department, visitors: Visitors) -> None:
    page = poisoned(visitors, department)
    page.goto("/#/ask/c0")
    expect(page.locator(".exchange")).to_have_count(200)
    page.locator(".sources button").nth(3).click()
    expect(page.locator(".source mark")).to_be_visible()
    assert page.locator(f"#app :is({FORBIDDEN})").count() == 0
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("violations") == []
    assert page.url.endswith("/#/ask/c0")
    shown = page.locator(".answer").nth(0).inner_text()
    assert "<script>" in shown, "what was written is shown, as text"


def test_poisoned_titles_of_documents_are_only_text(department: Department, visitors: Visitors) -> None:
    page = poisoned(visitors, department)
    kept = [
        {
            "document_id": f"d{n}", "revision": 1, "title": text, "workspace": department.name, "status": "rejected",
            "reason": text, "pages": 1, "created_at": None, "review": None, "expires": None, "effective": None,
            "owner": text, "allow": [], "deny": [], "withdrawn": False, "progress": None, "size": 1, "chunks": 1,
        }
        for n, text in enumerate(poisons())
    ]  # fmt: skip
    page.route(re.compile(r"/api/documents\?"), lambda route: route.fulfill(json={"documents": kept, "total": 200}))
    may = [{"workspace": department.name, "title": poisons()[0], "actions": ["ask", "read", "write", "manage"]}]
    me = {
        "id": "person:x",
        "name": poisons()[1],
        "kind": "person",
        "groups": poisons()[2:4],
        "roles": [],
        "workspaces": may,
    }
    session = {"signed_in": True, "ways": ["password"], "session": {"csrf": "x"}, "me": me}
    page.route("**/auth/session", lambda route: route.fulfill(json=session))
    page.goto("/#/knowledge")
    expect(page.locator(".rows tbody tr")).to_have_count(200)
    assert page.locator(f"#app :is({FORBIDDEN})").count() == 0
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("violations") == []
