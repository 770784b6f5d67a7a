"""The five tasks in Cloister's page."""

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, expect

from bench.tasks.person import LONG, Person
from bench.tasks.product import FACT, OTHERS, QUESTION, Reads
from tests.support.company import Company, raw
from tests.web.visitor import AT_REST, Visitors

QUOTE_MARKED = """() => new Promise((seen) => { const look = () =>
  CSS.highlights.has('quote') || document.querySelector('.source mark') ? seen() : requestAnimationFrame(look)
  look() })"""


class Cloister:
    """On a running system with an administrator; two other workspaces are there."""

    name = "Cloister"

    def __init__(self, browser: Browser, company: Company) -> None:
        self._company, self._admin = company, company.admin
        self._visitors = Visitors(browser, company.system.base)
        travel, _ = (company.workspace(name) for name in ("travel", "staff"))
        company.paper(travel, "note.txt", "The canteen opens at noon.")
        for n, question in enumerate(OTHERS):
            self._admin.ask(question, workspace=travel, conversation=f"earlier-{n}")
        self._colleague = company.person("colleague")
        self.person = Person(self._visitors.open(self._admin))
        self._workspace = ""

    def begin(self, n: int) -> None:
        self._workspace = self._company.workspace(f"filings-{n}")
        self._company.grant(self._workspace, self._colleague.me()["id"], "ask", "read")

    def start(self) -> None:
        self.person.page.goto("/")
        self.person.page.reload()
        self.person.page.locator("#question").wait_for()
        self.person.page.evaluate(AT_REST)

    def add(self, files: Sequence[Path]) -> None:
        page = self.person.page
        self.person.click(page.get_by_role("link", name="Knowledge"))
        self.person.choose(page.locator(".uploader select"), self._workspace)
        self.person.give(page.locator(".uploader button.primary"), files)
        expect(page.locator(".uploads .tag.good")).to_have_count(len(files), timeout=LONG)

    def ask(self, question: str) -> None:
        page = self.person.page
        self.person.write(page.locator("#question"), question)
        self.person.press("Enter")
        page.locator(".exchange").last.locator(".opinion").wait_for(timeout=LONG)

    def open_source(self) -> None:
        self.person.click(self.person.page.locator(".answer button.cite").first)
        self.person.page.evaluate(QUOTE_MARKED)

    def find(self, word: str) -> None:
        page = self.person.page
        self.person.write(page.locator(".history input"), word)
        items = page.locator(".history-list li a")
        expect(items).to_have_count(1)
        self.person.click(items)
        expect(page.locator(".answer")).to_contain_text(FACT)

    def colleague(self) -> Reads:
        mine = self._conversation()
        self._admin.call("POST", f"/api/conversations/{mine}/shares", json={"to": self._colleague.me()["name"]})
        owner = self._colleague.call("GET", "/api/shared")["conversations"][0]["owner"]
        theirs = self._colleague.ask(QUESTION, conversation="theirs", workspace=self._workspace)
        cited = theirs.citations[0]
        return {
            "ask it again": lambda: self._reads("POST", "/api/chat", json={"question": QUESTION}),
            "open the document": lambda: self._reads("GET", f"/api/documents/{cited.document_id}", holds=""),
            "read the answer given to them": lambda: self._reads("GET", "/api/conversations/theirs"),
            "read the conversation shared with them": lambda: self._reads("GET", f"/api/shared/{owner}/{mine}"),
        }

    def _reads(self, method: str, path: str, holds: str = FACT, **given: object) -> bool:
        reply = raw(self._colleague, method, path, **given)
        return reply.status_code == 200 and holds in reply.text

    def take_away(self) -> None:
        page, name = self.person.page, self._colleague.me()["name"]
        self.person.click(page.get_by_role("link", name="Administration"))
        self.person.click(page.get_by_role("link", name="Workspaces and rights"))
        space = page.locator(".space", has=page.get_by_text(self._workspace, exact=True))
        row = space.locator("li", has_text=name)
        self.person.click(row.get_by_role("button", name="Remove"))
        self.person.click(page.get_by_role("dialog").get_by_role("button", name="Remove"))
        expect(row).to_have_count(0)

    def _conversation(self) -> str:
        found = self._admin.call("GET", "/api/conversations", params={"q": QUESTION})["conversations"]
        return str(found[0]["conversation"])

    def end(self) -> None:
        self._admin.call("DELETE", f"/api/conversations/{self._conversation()}")
        self._admin.call("DELETE", f"/api/workspaces/{self._workspace}")
