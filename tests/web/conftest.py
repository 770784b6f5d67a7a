"""A real Chromium before the running system: pages of people who are signed in, and what went wrong in them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.support.company import Company
from tests.support.department import Department, finance
from tests.web.visitor import Visitors

__all__ = ["finance"]
DIST = Path(__file__).parents[2] / "web" / "dist" / "index.html"
CHROMIUM = os.environ.get("CLOISTER_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
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


@pytest.fixture
def visitors(chromium: Browser, cloister: Company) -> Iterator[Visitors]:
    """Opens pages; at the end none may have had an error, a violation of its policy, or a call to elsewhere."""
    found = Visitors(chromium, cloister.system.base)
    yield found
    found.leave()
    assert found.trouble == []


@pytest.fixture
def department(finance: Department) -> Department:
    return finance
