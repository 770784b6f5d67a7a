"""Gates: how much script the first paint takes, and what a screen reader's rules find in each view."""

import gzip
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.company import Company
from tests.support.department import HOTEL, Department
from tests.web.conftest import DIST
from tests.web.visitor import PHONE, Visitors, answered

FIRST_PAINT = 150 * 1024  # bytes of script, gzipped
ADMIN_VIEWS = (
    "knowledge/documents", "knowledge/due", "knowledge/search", "knowledge/opinions", "admin/people", "admin/grants",
    "admin/keys", "admin/limits", "admin/audit", "admin/status",
)  # fmt: skip
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


def findings(page: Page) -> list[str]:
    """What axe finds, as lines; motion is let end first."""
    page.evaluate(
        "Promise.all(document.getAnimations().filter(a => a.effect.getTiming().iterations < 9).map(a => a.finished))"
    )
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_asking_has_nothing_that_axe_finds(
    department: Department, visitors: Visitors, language: str, scheme: str
) -> None:
    page = visitors.open(department.alice, language=language, color_scheme=scheme)
    page.locator(".fresh li").first.wait_for()
    assert findings(page) == [], "the first view"
    answered(page, HOTEL)
    page.locator(".opinion button").nth(2).click()
    page.locator(".comment").wait_for()
    assert findings(page) == [], "an answer"
    page.locator(".sources button").first.click()
    expect(page.locator(".source mark")).to_be_visible()
    assert findings(page) == [], "a source beside the answer"
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
def test_keeping_knowledge_and_administration_have_nothing_that_axe_finds(
    cloister: Company, department: Department, visitors: Visitors, language: str, scheme: str
) -> None:
    page = visitors.open(cloister.admin, language=language, color_scheme=scheme)
    document = cloister.admin.call("GET", f"/api/documents?workspace={department.name}")["documents"][0]["document_id"]
    for view in (*ADMIN_VIEWS, f"knowledge/document/{document}", f"admin/audit/{document}"):
        page.goto(f"/#/{view}")
        page.wait_for_load_state("networkidle")
        assert findings(page) == [], view


@pytest.mark.parametrize("width", [360, 2560])
def test_no_view_is_wider_than_its_window(
    cloister: Company, department: Department, visitors: Visitors, width: int
) -> None:
    page = visitors.open(cloister.admin, viewport={"width": width, "height": PHONE["height"]})
    for view in ("ask", *ADMIN_VIEWS):
        page.goto(f"/#/{view}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view
