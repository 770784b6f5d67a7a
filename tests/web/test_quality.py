"""Gates: how much script the first paint takes, and what a screen reader's rules find in each view."""

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.company import Company
from tests.support.department import HOTEL, Department, chat
from tests.web.conftest import DIST
from tests.web.inspection import findings, too_wide
from tests.web.tongues import foreign, opened
from tests.web.visitor import DESKTOP, Visitors, answered, visit

FIRST_PAINT = 150 * 1024  # bytes of script, gzipped
ADMIN_VIEWS = (
    "knowledge/documents", "knowledge/due", "knowledge/search", "knowledge/evaluation", "knowledge/opinions",
    "knowledge/starting", "knowledge/folders", "admin/people", "admin/groups", "admin/grants", "admin/keys",
    "admin/limits", "admin/queue", "admin/usage", "admin/audit", "admin/alerts", "admin/sources", "admin/status",
)  # fmt: skip
WIDTHS = {"en": (360, 390, 768, 1024, 2560, 3840), "zh": (360, 390)}  # px
LOOKS = [("en", "light"), ("zh", "dark")]


def scripts(entry: Path) -> set[Path]:
    """A script and all that it imports at once."""
    found = {entry}
    for name in re.findall(r"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""", entry.read_text()):
        found |= scripts(entry.with_name(name))
    return found


def test_the_first_paint_takes_no_more_script_than_it_may() -> None:
    page = DIST.read_text()
    entries = [DIST.parent / name for name in re.findall(r'(?:src|href)="/(assets/[\w.-]+\.js)"', page)]
    assert entries
    needed = set().union(*map(scripts, entries)) | {DIST.parent / "theme.js"}
    size = sum(len(gzip.compress(path.read_bytes())) for path in needed)
    assert size <= FIRST_PAINT, f"{size} bytes in {sorted(path.name for path in needed)}"


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_asking_has_nothing_that_axe_finds_and_speaks_one_language(
    department: Department, visitors: Visitors, language: str, scheme: str
) -> None:
    page = opened(visitors, department.alice, language, color_scheme=scheme)
    page.locator(".fresh li").first.wait_for()
    assert findings(page) == [], "the first view"
    answered(page, HOTEL)
    page.locator(".opinion button").nth(2).click()
    page.locator(".comment").wait_for()
    assert findings(page) == [], "an answer"
    page.locator(".sources button").first.click()
    expect(page.locator(".source mark")).to_be_visible()
    assert findings(page) == [], "a source beside the answer"
    assert foreign(page, language) == [], "a source beside the answer"
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").wait_for()
    assert findings(page) == [], "the finder"
    page.keyboard.press("Escape")
    page.locator(".account-button").click()
    assert findings(page) == [], "the settings"


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_signing_in_has_nothing_that_axe_finds(visitors: Visitors, language: str, scheme: str) -> None:
    page = visitors.open(language=language, color_scheme=scheme)
    page.get_by_role("heading", level=1).wait_for()
    assert findings(page) == []


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_every_view_has_nothing_that_axe_finds_speaks_one_language_and_fits_its_window(
    cloister: Company, department: Department, visitors: Visitors, language: str, scheme: str
) -> None:
    query = chat(department.alice, HOTEL)["query_id"]
    cloister.recorded(query, "query.ready.v1.default", f"answer.gateway.{query}")
    page = opened(visitors, cloister.admin, language, color_scheme=scheme)
    document = cloister.admin.call("GET", f"/api/documents?workspace={department.name}")["documents"][0]["document_id"]
    for view in ("ask", *ADMIN_VIEWS, f"knowledge/document/{document}", f"admin/audit/{query}"):
        page.set_viewport_size(DESKTOP)
        visit(page, view)
        assert findings(page) == [], view
        assert foreign(page, language) == [], view
        assert too_wide(page, WIDTHS[language]) == [], view


def test_the_reference_of_the_interface_works_under_its_policy(visitors: Visitors) -> None:
    page = visitors.open(path="/icon.svg")
    reply = page.goto("/docs")
    assert reply is not None
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    expect(page.locator(".opblock").first).to_be_visible(timeout=30_000)
