"""The five tasks in Open WebUI, started with BYPASS_MODEL_ACCESS_CONTROL=true."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, expect

from bench.tasks.person import LONG, Person, opened
from bench.tasks.product import FACT, OTHERS, QUESTION, WORD, Reads

KEEPER, COLLEAGUE, PASSWORD = "keeper@example.com", "colleague@example.com", "a Password long enough 1!"


class OpenWebUi:
    """At `url`; two other collections are there, and its model and embedder are the stand-in."""

    name = "Open WebUI"

    def __init__(self, browser: Browser, url: str, engine: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=60)
        signed = self._sign_in(KEEPER) or self._call("/api/v1/auths/signup", _account(KEEPER))
        self._http.headers["authorization"] = f"Bearer {signed['token']}"
        self._use(engine)
        theirs = self._sign_in(COLLEAGUE) or self._call("/api/v1/auths/add", _account(COLLEAGUE) | {"role": "user"})
        self._colleague_id = theirs["id"]
        self._colleague = httpx.Client(base_url=url, timeout=60, headers={"authorization": f"Bearer {theirs['token']}"})
        for name in ("travel", "staff"):
            self._call("/api/v1/knowledge/create", {"name": name, "description": name})
        for question in OTHERS:
            self._call("/api/v1/chats/new", {"chat": _conversation(question)})
        for one in (self._http, self._colleague):  # its news have been read
            version = one.get("/api/version").json()["version"]
            one.post("/api/v1/users/user/settings/update", json={"ui": {"version": version}}).raise_for_status()
        self.person = Person(opened(browser, url, _kept(signed)))
        self._other = Person(opened(browser, url, _kept(theirs)))

    def _sign_in(self, email: str) -> Any:
        reply = self._http.post("/api/v1/auths/signin", json={"email": email, "password": PASSWORD})
        return reply.json() if reply.is_success else None

    def _call(self, path: str, body: Any) -> Any:
        return self._http.post(path, json=body).raise_for_status().json()

    def _use(self, engine: str) -> None:
        model = {"ENABLE_OPENAI_API": True, "OPENAI_API_BASE_URLS": [engine], "OPENAI_API_KEYS": ["none"]}
        self._call("/openai/config/update", model | {"OPENAI_API_CONFIGS": {}})
        embedder = {"RAG_EMBEDDING_ENGINE": "openai", "RAG_EMBEDDING_MODEL": "words", "RAG_EMBEDDING_BATCH_SIZE": 32}
        self._call("/api/v1/retrieval/embedding/update", embedder | {"openai_config": {"url": engine, "key": "none"}})

    def begin(self, n: int) -> None:
        self._collection = self._call("/api/v1/knowledge/create", {"name": f"filings-{n}", "description": "filings"})
        self._share("knowledge", self._collection["id"])

    def _share(self, what: str, id: str) -> None:
        grant = {"principal_type": "user", "principal_id": self._colleague_id, "permission": "read"}
        self._call(f"/api/v1/{what}/{id}/access/update", {"access_grants": [grant]})

    def start(self) -> None:
        self.person.page.goto("/")
        self.person.page.locator("#chat-input").wait_for()
        self.person.page.wait_for_timeout(1500)  # its sockets are never at rest

    def add(self, files: Sequence[Path]) -> None:
        self._open_collection()
        page = self.person.page
        self.person.click(page.get_by_role("button", name="Add Content"))
        self.person.give(page.get_by_text("Upload files"), files)
        # A file that is being sent or processed says so where its size will stand.
        ready = page.get_by_role("button", name=re.compile(r"\.pdf [\d.]+ [KM]B$"))
        expect(ready).to_have_count(len(files), timeout=LONG)

    def _open_collection(self) -> None:
        page = self.person.page
        self.person.click(page.get_by_role("link", name="Workspace"))
        self.person.click(page.get_by_role("link", name="Knowledge"))
        self.person.click(page.get_by_text(self._collection["name"]).first)

    def ask(self, question: str) -> None:
        self._asked(self.person, question)
        self._mine = self.person.page.url.rpartition("/")[2]

    def _asked(self, person: Person, question: str) -> None:
        page = person.page
        box, name = page.locator("#chat-input"), self._collection["name"]
        person.type(box, f"#{name}")
        person.click(page.locator("#suggestions-container").get_by_text(name).first)
        page.get_by_role("button", name=f"{name} collection").wait_for()
        person.type(box, question)
        person.press("Enter")
        page.get_by_role("button", name="Regenerate").wait_for(timeout=LONG)

    def open_source(self) -> None:
        page = self.person.page
        self.person.click(page.get_by_role("button", name="View source").first)
        page.get_by_role("dialog").get_by_text(FACT).first.wait_for()

    def find(self, word: str) -> None:
        page = self.person.page
        self.person.click(page.get_by_role("button", name="Search", exact=True))
        self.person.write(page.get_by_role("combobox", name="Search your workspace"), word)
        # What is found first is shown beside the list.
        page.get_by_role("dialog").get_by_text(FACT).first.wait_for()

    def colleague(self) -> Reads:
        shared = self._call(f"/api/v1/chats/{self._mine}/share", {})["share_id"]
        self._share("chats/shared", self._mine)
        self._other.page.goto("/")
        self._asked(self._other, QUESTION)
        theirs = self._other.page.url.rpartition("/")[2]
        files = self._http.get(f"/api/v1/knowledge/{self._collection['id']}/files").json()["items"]
        file = next(one["id"] for one in files if "JOHNSON_JOHNSON_2023_8K" in one["filename"])
        return {
            "ask it again": self._answers,
            "open the document": lambda: self._reads(f"/api/v1/files/{file}/data/content", WORD),
            "read the answer given to them": lambda: self._reads(f"/api/v1/chats/{theirs}"),
            "read the conversation shared with them": lambda: self._reads(f"/api/v1/chats/share/{shared}"),
        }

    def _answers(self) -> bool:
        about = [{"type": "collection", "id": self._collection["id"]}]
        asked = {
            "model": "reader",
            "stream": False,
            "messages": [{"role": "user", "content": QUESTION}],
            "files": about,
        }
        return FACT in self._colleague.post("/api/chat/completions", json=asked).text

    def _reads(self, path: str, holds: str = FACT) -> bool:
        return holds in self._colleague.get(path).text

    def take_away(self) -> None:
        self._open_collection()
        page = self.person.page
        self.person.click(page.get_by_role("button", name="Access"))
        rights = page.get_by_role("dialog")
        self.person.click(rights.locator("button").last)
        expect(rights.get_by_role("button", name="colleague")).to_have_count(0)

    def end(self) -> None:
        self._http.delete(f"/api/v1/chats/{self._mine}")
        self._http.delete(f"/api/v1/knowledge/{self._collection['id']}/delete").raise_for_status()


def _account(email: str) -> dict[str, str]:
    return {"name": email.split("@")[0], "email": email, "password": PASSWORD}


def _conversation(question: str) -> dict[str, Any]:
    message: dict[str, Any] = {"id": "1", "parentId": None, "childrenIds": [], "timestamp": 1}
    message |= {"role": "user", "content": question}
    return {"title": question, "models": ["reader"], "messages": [message],
            "history": {"messages": {"1": message}, "currentId": "1"}}  # fmt: skip


def _kept(signed: dict[str, Any]) -> dict[str, str]:
    return {"token": signed["token"], "locale": "en-US"}
