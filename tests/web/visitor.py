"""Pages that are watched: what they complain of, and where they call."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from bench.system import PASSWORD as ADMIN_PASSWORD
from client import Http
from tests.support.company import PASSWORD

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
EXPECTED = ("Failed to load resource",)  # a refusal that a test provokes
Sessions = dict[str, Any]  # by name: the cookies of who is signed in
# A view is at rest when no call is under way, nothing says that it is busy, and its size has not changed for 60 ms.
COUNT_CALLS = """window.calls = 0
const real = window.fetch
window.fetch = (...given) => { calls++; return real(...given).finally(() => calls--) }"""
AT_REST = """() => new Promise((rested) => {
  let before = -1
  const look = () => { const now = document.querySelectorAll('*').length
    if (!calls && now === before && !document.querySelector('.loading, [aria-busy=true]')) rested()
    else { before = calls ? -1 : now; setTimeout(look, 60) } }
  look() })"""


@dataclass
class Visitors:
    """People before the page; `trouble` is what none of them may see, `sessions` who is signed in already."""

    browser: Browser
    base: str
    sessions: Sessions = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self, who: Http | None = None, path: str = "/", language: str = "en", *, anew: bool = False, **more: Any
    ) -> Page:
        """A page of its own; `who` is signed in, `anew` in a session that no other test has."""
        given = {"viewport": DESKTOP, "locale": {"en": "en-GB", "zh": "zh-CN"}[language]} | more
        name = who.me()["name"] if who else ""
        kept = None if anew else self.sessions.get(name)
        context = self.browser.new_context(base_url=self.base, storage_state=kept, **given)
        context.add_init_script(COUNT_CALLS)
        self.contexts.append(context)
        page = context.new_page()
        if name and not kept:
            sign_in(page, name)
            if not anew:
                self.sessions[name] = context.storage_state()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("request", self._request)
        page.goto(path)
        return page

    def leave(self) -> None:
        for context in self.contexts:
            context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self.trouble.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        place = urlsplit(request.url)
        if place.scheme in ("http", "https", "ws", "wss") and not request.url.startswith(self.base):
            self.trouble.append(f"called {request.url}")


def sign_in(page: Page, name: str, password: str = "") -> None:
    """From a page of this site: only browsers send `Secure` cookies to loopback."""
    page.goto("/icon.svg")
    given = {"username": name, "password": password or (ADMIN_PASSWORD if name == "admin" else PASSWORD)}
    status = page.evaluate(
        """async (given) => (await fetch('/auth/login', { method: 'POST', body: JSON.stringify(given),
        headers: { 'content-type': 'application/json' } })).status""",
        given,
    )
    assert status == 200, f"{name} cannot sign in: {status}"


def visit(page: Page, view: str) -> None:
    """Go to a view, and wait until it has what it asked for."""
    page.goto(f"/#/{view}")
    page.evaluate(AT_REST)


def ask(page: Page, question: str) -> None:
    """Type it, press Enter."""
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")


def answered(page: Page, question: str) -> None:
    """Ask, and wait for the end of the answer."""
    ask(page, question)
    page.locator(".exchange").last.locator(".opinion").wait_for()


def drop(page: Page, paths: list[str]) -> None:
    """As the browser does it: a drag from the desktop, let go over the list of documents."""
    box = page.locator(".documents").bounding_box()
    assert box
    drop_at(page, paths, box["x"] + box["width"] / 2, box["y"] + 40)
    page.locator(".uploads li").first.wait_for()


def drop_at(page: Page, paths: list[str], x: float, y: float) -> None:
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": paths, "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "data": data, "x": x, "y": y})
