"""200 poisoned file, workspace, query and person names, reasons, comments and records of Knowledge are only text."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.department import Department
from tests.web.poison import poisons
from tests.web.test_poison import FORBIDDEN, TRAPS
from tests.web.visitor import Visitors, visit

P = poisons()
AT = "2026-07-01T08:00:00Z"
MAY = ["ask", "read", "write", "manage"]
SPACES = [{"workspace": P[n], "name": P[n], "title": P[n], "actions": MAY} for n in range(200)]
PASSAGES = [
    {"document_id": f"d{n}", "revision": 1, "title": P[n], "page": 1, "heading": P[n], "text": P[n], "score": 0.5,
     "legs": {}} for n in range(50)
]  # fmt: skip
DOCUMENT = {
    "document_id": "d0", "revision": 1, "title": P[0], "workspace": P[1], "status": "rejected", "reason": P[2],
    "code": None, "pages": 1, "chunks": 1, "size": 1, "media_type": P[3], "created_at": AT, "effective": None,
    "expires": None, "allow": P, "deny": P, "owner": P[4], "review": None, "withdrawn": True, "progress": None,
    "vectors": None, "vectors_due": None, "taken_out": {text: 1 for text in P}, "parent": P[5],
}  # fmt: skip
REVISIONS = [
    {"revision": n + 1, "title": P[n], "size": 1, "sha256": "", "by": P[n], "at": AT, "status": "rejected",
     "reason": P[n], "code": None, "pages": 1, "chunks": 1, "current": False, "superseded": False, "kept": True}
    for n in range(200)
]  # fmt: skip
RECORDS = [
    {"seq": n + 1, "at": AT, "stream": "QUERIES", "stream_seq": 1, "subject": P[n], "event_id": "e", "source": P[n],
     "about": P[n], "principal": P[n], "size": 1, "digest": "d",
     "facts": {"reason": P[n], "trace": P[n], "workspaces": P[n : n + 2]}} for n in range(200)
]  # fmt: skip
ROUTES: dict[str, Any] = {
    r"/api/workspaces$": {"workspaces": SPACES},
    r"/api/users$": {"users": [
        {"username": P[n], "groups": [P[n]], "roles": ["member"], "locked": False} for n in range(200)
    ]},
    r"/api/roles$": {"roles": [
        {"name": P[n], "title": P[n], "title_zh": P[n], "groups": [P[n]],
         "grants": [{"workspace": P[n], "to": P[n], "actions": ["ask"]}]} for n in range(200)
    ]},
    r"/api/grants$": {"grants": [
        {"grant_id": str(n), "workspace": P[n], "to": P[n], "actions": MAY, "deny": n % 2 == 0} for n in range(200)
    ]},
    r"/api/keys$": {"keys": [
        {"name": P[n], "workspaces": P[n : n + 3], "scopes": ["ask"], "bus": True, "expires_at": None, "owner": P[n],
         "used_at": None, "origins": P[n : n + 2]} for n in range(200)
    ]},
    r"/api/audit\?": {"records": RECORDS, "last": 200},
    r"/api/folders$": {"folders": [
        {"id": str(n), "host": P[n], "folder": P[n], "workspace": P[n], "files": 1, "documents": 1, "waiting": 0,
         "trouble": P[n], "rejected": [{"path": P[n], "reason": P[n]}], "rejected_total": 1, "by": P[n], "seen_at": AT}
        for n in range(200)
    ]},
    r"/api/feedback": {"feedback": [
        {"query_id": str(n), "at": AT, "useful": False, "question": P[n], "comment": P[n], "title": P[n], "page": 1,
         "workspaces": P[n : n + 2]} for n in range(200)
    ]},
    r"/api/starting-points$": {"starting_points": [
        {"id": str(n), "workspace": P[n], "question": P[n]} for n in range(200)
    ]},
    r"/api/search$": {"passages": PASSAGES, "absent": P},
    r"/api/documents/d0$": DOCUMENT,
    r"/api/documents/d0/revisions$": {
        "document_id": "d0", "title": P[0], "workspace": P[1], "newest": None, "revisions": REVISIONS,
    },
    r"/api/documents/d0/why": {
        "document_id": "d0", "title": P[0], "workspace": P[1], "for": P[2], "finds": False, "opens": False,
        "verdict": P[3], "rules": [{"rule": str(n), "holds": False, "words": P[n]} for n in range(200)],
    },
}  # fmt: skip
VIEWS = (
    "admin/groups", "admin/grants", "admin/keys", "admin/audit", "admin/audit/x", "knowledge/folders",
    "knowledge/opinions", "knowledge/starting", "knowledge/search", "knowledge/document/d0",
)  # fmt: skip


def poisoned(department: Department, visitors: Visitors) -> Page:
    page = visitors.open(department.alice, path="/docs/assets/favicon.png")
    page.add_init_script(TRAPS)
    for pattern, body in ROUTES.items():
        page.route(re.compile(pattern), lambda route, _, body=body: route.fulfill(json=body))
    me = {"id": "person:x", "name": P[1], "kind": "person", "groups": P[2:4], "roles": ["admin"], "workspaces": SPACES}
    session = {"signed_in": True, "ways": ["password"], "session": {"csrf": "x"}, "me": me}
    page.route("**/auth/session", lambda route: route.fulfill(json=session))
    return page


def harmless(page: Page, view: str) -> None:
    assert "pwned" in page.locator("#content").inner_text(), f"{view} shows what it was given, as text"
    assert page.locator(f"#app :is({FORBIDDEN})").count() == 0, view
    assert page.evaluate("window.pwned") is None, view
    assert page.evaluate("violations") == [], view


def test_poisoned_names_reasons_comments_and_records_are_only_text(department: Department, visitors: Visitors) -> None:
    page = poisoned(department, visitors)
    for view in VIEWS:
        visit(page, view)
        if view == "knowledge/search":
            page.locator("input[name=question]").fill("x")
            page.keyboard.press("Enter")
            expect(page.locator(".rows tbody tr")).to_have_count(len({one["text"] for one in PASSAGES}), timeout=30_000)
        if view == "knowledge/document/d0":
            page.get_by_role("button", name="Why?").click()
            expect(page.locator(".rules li")).to_have_count(200, timeout=30_000)
        harmless(page, view)


def test_poisoned_names_of_files_are_only_text(department: Department, visitors: Visitors) -> None:
    """A slash ends a name, so those that have one are folders; each is refused by the server, in poisoned words."""
    page = poisoned(department, visitors)
    page.route(
        re.compile(r"/api/documents$"), lambda route: route.fulfill(json={"error": P[0], "reason": "x"}, status=422)
    )
    page.route(re.compile(r"/api/documents\?"), lambda route: route.fulfill(json={"documents": [], "total": 0}))
    visit(page, "knowledge/documents")
    files = [{"name": text.replace("/", "∕"), "mimeType": "text/plain", "buffer": b"x"} for text in P]
    page.locator(".uploader input[type=file]").first.set_input_files(files)  # type: ignore[arg-type]
    expect(page.locator(".uploads li .why")).to_have_count(200, timeout=120_000)
    harmless(page, "uploads")


def test_what_is_forbidden_would_be_seen(department: Department, visitors: Visitors) -> None:
    """The traps work: a page that drew its texts as HTML would fail these tests three times over."""
    page = poisoned(department, visitors)
    visit(page, "knowledge/folders")
    page.evaluate("(html) => { try { document.querySelector('#content').innerHTML = html } catch {} }", P[1])
    page.wait_for_function("violations.length > 0")
    page.evaluate("document.querySelector('#content').append(document.createElement('iframe'))")
    assert page.locator(f"#app :is({FORBIDDEN})").count() == 1
    visitors.trouble.clear()
