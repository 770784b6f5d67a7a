"""The five tasks in AnythingLLM, with several users."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Locator

from bench.tasks.person import Person, opened
from bench.tasks.product import FACT, OTHERS, QUESTION, Reads

NAME, COLLEAGUE, PASSWORD = "keeper", "colleague", "a Password long enough 1!"


class AnythingLlm:
    """At `url`; two other workspaces are there, and its model and embedder are the stand-in."""

    name = "AnythingLLM"

    _workspace: dict[str, Any]

    def __init__(self, browser: Browser, url: str, engine: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=60)
        self._call("POST", "/api/system/update-env", _engine(engine), wrong=True)
        self._call("POST", "/api/system/enable-multi-user", {"username": NAME, "password": PASSWORD}, wrong=True)
        signed = self._sign_in(NAME)
        self._http.headers["authorization"] = f"Bearer {signed['token']}"
        self._call("POST", "/api/system/update-env", _engine(engine))
        self._call("POST", "/api/onboarding", {}, wrong=True)
        self._call("POST", "/api/admin/users/new", {"username": COLLEAGUE, "password": PASSWORD, "role": "default"})
        theirs = self._sign_in(COLLEAGUE)
        self._colleague = httpx.Client(base_url=url, timeout=60, headers={"authorization": f"Bearer {theirs['token']}"})
        self._colleague_id = theirs["user"]["id"]
        for name in ("travel", "staff"):
            self._workspace = self._call("POST", "/api/workspace/new", {"name": name})["workspace"]
        for question in OTHERS:
            self._asked(self._http, question)
        self.person = Person(opened(browser, url, _kept(signed)))

    def _call(self, method: str, path: str, body: Any = None, *, wrong: bool = False) -> Any:
        reply = self._http.request(method, path, json=body)
        if not wrong:
            reply.raise_for_status()
        return reply.json() if reply.headers.get("content-type", "").startswith("application/json") else {}

    def _sign_in(self, name: str) -> Any:
        return self._call("POST", "/api/request-token", {"username": name, "password": PASSWORD})

    def begin(self, n: int) -> None:
        self._workspace = self._call("POST", "/api/workspace/new", {"name": f"filings-{n}-{int(time.time())}"})[
            "workspace"
        ]
        # Its default hands each question to an agent, which has to call a tool for the documents.
        self._call("POST", f"/api/workspace/{self._slug}/update", {"chatMode": "chat"})
        path = f"/api/admin/workspaces/{self._workspace['id']}/update-users"
        self._call("POST", path, {"userIds": [self._colleague_id]})

    @property
    def _slug(self) -> str:
        return str(self._workspace["slug"])

    def start(self) -> None:
        self.person.page.goto("/")
        self._row.wait_for()
        self.person.page.locator("#primary-prompt-input").wait_for()
        self.person.page.wait_for_load_state("networkidle")

    @property
    def _row(self) -> Locator:
        page = self.person.page
        return page.get_by_role("listitem").filter(has_text=self._workspace["name"])

    def add(self, files: Sequence[Path]) -> None:
        page = self.person.page
        self._row.hover()
        self.person.click(self._row.locator("[data-tooltip-id=upload-workspace]"))
        self.person.give(page.get_by_text("Click to upload or drag and drop"), files)
        moved = page.get_by_role("button", name="Move to Workspace")
        moved.wait_for()
        selected = "document.querySelectorAll('[role=checkbox][aria-checked=true]').length"  # one after the other
        page.wait_for_function(f"{selected} >= {len(files)}")
        self.person.click(moved)
        self.person.click(page.get_by_role("button", name="Save and Embed"))
        # Beside the count of all documents, which stands on the left.
        page.locator("p.pr-2", has_text=f"{len(files)} documents").wait_for()

    def ask(self, question: str) -> None:
        page = self.person.page
        self.person.click(self._row.get_by_role("link").first)
        self.person.click(page.get_by_text("New Thread").first)
        self.person.write(page.locator("#primary-prompt-input"), question)
        self.person.press("Enter")
        page.get_by_role("button", name="Sources").last.wait_for()

    def open_source(self) -> None:
        page = self.person.page
        self.person.click(page.get_by_role("button", name="Sources").last)
        title = page.locator("p", has_text="JOHNSON_JOHNSON_2023_8K").first
        self.person.click(title)
        page.locator(".whitespace-pre-line", has_text=FACT).first.wait_for()

    def find(self, word: str) -> None:
        page = self.person.page
        self.person.write(page.get_by_placeholder("Search", exact=True), word)
        self.person.click(page.get_by_role("link", name=word).last)
        page.locator("#chat-history", has_text=FACT).wait_for()

    def colleague(self) -> Reads:
        """Conversations cannot be shared with a colleague, and a document cannot be opened but from an answer."""
        theirs = self._asked(self._colleague, QUESTION)
        return {
            "ask it again": lambda: FACT in self._reply(theirs, QUESTION),
            "read the answer given to them": lambda: FACT in self._colleague.get(f"{theirs}/chats").text,
        }

    def _asked(self, who: httpx.Client, question: str) -> str:
        """The address of a new thread in which it was asked."""
        made = who.post(f"/api/workspace/{self._slug}/thread/new").raise_for_status().json()
        thread = f"/api/workspace/{self._slug}/thread/{made['thread']['slug']}"
        who.post(f"{thread}/stream-chat", json={"message": question}).raise_for_status()
        return thread

    def _reply(self, thread: str, question: str) -> str:
        lines = self._colleague.post(f"{thread}/stream-chat", json={"message": question}).text.splitlines()
        events = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
        return "".join(str(event.get("textResponse") or "") for event in events)

    def take_away(self) -> None:
        page = self.person.page
        self._row.hover()
        self.person.click(self._row.locator("[data-tooltip-id=gear-workspace]"))
        self.person.click(page.get_by_role("link", name="Members"))
        self.person.click(page.get_by_role("button", name="Manage Users"))
        self.person.click(page.get_by_role("dialog").or_(page.locator("form")).get_by_text(COLLEAGUE))
        self.person.click(page.get_by_role("button", name="Save"))
        page.get_by_text("No workspace members").wait_for()

    def end(self) -> None:
        """Documents outlive their workspace, and would be offered to the next one."""
        self._http.delete(f"/api/workspace/{self._slug}").raise_for_status()
        folder = "custom-documents"
        items = self._call("GET", f"/api/system/local-files?folder={folder}&limit=all")["documents"]
        names = [f"{folder}/{item['name']}" for item in items]
        self._call("DELETE", "/api/system/remove-documents", {"names": names})


def _engine(url: str) -> dict[str, str | int]:
    return {
        "LLMProvider": "generic-openai", "GenericOpenAiBasePath": url, "GenericOpenAiModelPref": "reader",
        "GenericOpenAiTokenLimit": "8192", "GenericOpenAiKey": "none", "EmbeddingEngine": "generic-openai",
        "EmbeddingBasePath": url, "EmbeddingModelPref": "words", "EmbeddingModelMaxChunkLength": "8192",
    }  # fmt: skip


def _kept(signed: dict[str, Any]) -> dict[str, str]:
    return {"anythingllm_user": json.dumps(signed["user"]), "anythingllm_authToken": signed["token"]}
