"""A real Chromium before the running system: pages of people who are signed in, and what went wrong in them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.support.company import Company
from tests.support.department import Department, filled, staffed
from tests.web.visitor import Sessions, Visitors

DIST = Path(__file__).parents[2] / "web" / "dist" / "index.html"
CHROMIUM = os.environ.get("CLOISTER_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
FIREFOX = os.environ.get("CLOISTER_FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox") or ""
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]  # fmt: skip


# Its event loop runs until it is closed; no test that has one of its own can run meanwhile.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    assert DIST.exists(), "the page is not built: make web"
    assert CHROMIUM, "there is no Chromium: apt-get install chromium, or set CLOISTER_CHROMIUM"
    with playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS) as browser:
        yield browser


@pytest.fixture(scope="package")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Firefox ESR, by WebDriver BiDi."""
    assert FIREFOX, "there is no Firefox: apt-get install firefox-esr, or set CLOISTER_FIREFOX"
    with playwright.firefox.launch(channel="moz-firefox", executable_path=FIREFOX) as browser:
        yield browser


@pytest.fixture(scope="package")
def sessions() -> Sessions:
    """Whoever signed in once stays signed in: each sign-in takes a hash of a password."""
    return {}


@pytest.fixture
def visitors(chromium: Browser, cloister: Company, sessions: Sessions) -> Iterator[Visitors]:
    """Opens pages; at the end none may have had an error, a violation of its policy, or a call to elsewhere."""
    found = Visitors(chromium, cloister.system.base, sessions)
    yield found
    found.leave()
    assert found.trouble == []


@pytest.fixture(scope="package")
def papers(cloister: Company) -> str:
    """A workspace that no test of the page changes."""
    return filled(cloister)


@pytest.fixture(scope="module")
def department(cloister: Company, papers: str) -> Department:
    """The same papers, with people of the module's own."""
    return staffed(cloister, papers)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser these tests are left out; with CLOISTER_REQUIRE_REAL=1 they fail."""
    here = Path(__file__).parent
    if CHROMIUM or os.environ.get("CLOISTER_REQUIRE_REAL") == "1":
        return
    kept = [item for item in items if here not in item.path.parents]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
