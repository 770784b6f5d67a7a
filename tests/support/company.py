"""A company inside a running Cloister: workspaces, people, keys and papers, made through its interfaces."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from bench.system import System, free_port
from client import Bus, Http
from shared.events import Record

PAPERS = Path(__file__).parents[2] / "examples" / "company"
PASSWORD = "a password long enough"
HOST = f"http://localhost:{free_port()}"  # another system's page, which may show ours inside of it
PAGES = "https://app.example.com"  # a page that may call
STAND_INS = {
    "gateway_cors_origins": PAGES,
    "gateway_embed": f"erp={HOST}",
    "engine": "tests.support.extractive_engine:open_reader",
    "embedder": "tests.services.support.word_embedder:WordModel",
    # Each question would wait for one more answer of the engine; stories of planning switch it on.
    "planner": "off",
}
NUMBERS = count(1)
SETTLED = ("indexed", "rejected")


@dataclass
class Company:
    """Each name is made unique, so that tests may share one system."""

    system: System
    admin: Http = field(init=False)

    def __post_init__(self) -> None:
        self.admin = Http(self.system.base, self.system.token)

    def workspace(self, name: str) -> str:
        """A new one, which the administrator may fill and ask."""
        name = f"{name}-{next(NUMBERS)}"
        self.admin.make("workspace", name=name)
        self.grant(name, "person:admin", "ask", "read", "write", "manage")
        return name

    def grant(self, workspace: str, to: str, *actions: str) -> str:
        made = self.admin.make("grant", workspace=workspace, to=to, actions=list(actions))
        return str(made["grant_id"])

    def person(self, name: str, *workspaces: str, roles: list[str] | None = None) -> Http:
        """Signed in; may ask and read these workspaces."""
        name = f"{name}-{next(NUMBERS)}"
        self.admin.make("user", username=name, password=PASSWORD, roles=roles)
        for workspace in workspaces:
            self.grant(workspace, f"person:{name}", "ask", "read")
        person = Http(self.system.base)
        person.login(name, PASSWORD)
        return person

    def app(self, name: str, *workspaces: str, bus: bool = False) -> dict[str, Any]:
        """`name`, `key`, and with `bus` the `answer_keys`."""
        return self.admin.make("key", name=f"{name}-{next(NUMBERS)}", workspaces=list(workspaces), bus=bus)

    def line(self, app: dict[str, Any]) -> Bus:
        """The app's own side of the bus."""
        return Bus(self.system.nats_url, app["name"], app["key"], app["answer_keys"], ca=self.system.ca or "")

    def paper(self, workspace: str, name: str, data: bytes | str, **more: str) -> dict[str, Any]:
        """An uploaded document, once it is found by words and meaning, or rejected."""
        sent = self.upload(workspace, name, data, **more)
        assert sent.status_code == 202, sent.text
        return self.settled(sent.json()["document_id"])

    def upload(self, workspace: str, name: str, data: bytes | str, **more: str) -> httpx.Response:
        body = data.encode() if isinstance(data, str) else data
        return raw(
            self.admin, "POST", "/api/documents", data={"workspace": workspace} | more, files={"file": (name, body)}
        )

    def settled(self, document: str) -> dict[str, Any]:
        """A document's state, when nothing is on its way any more, its vectors neither."""

        def state() -> dict[str, Any] | None:
            found = self.admin.call("GET", f"/api/documents/{document}")
            whole = found["status"] != "indexed" or found["vectors"] == 1 or found["withdrawn"]
            return found if found["status"] in SETTLED and whole else None

        found: dict[str, Any] = self.until(state, 100)  # a busy machine reads files last
        return found

    def recorded(self, about: str, *subjects: str) -> list[Record]:
        """The trail's rows about a query or document, once these subjects are among them."""

        def rows() -> list[Record]:
            found = self.admin.audit_records(about=about)
            return found if set(subjects) <= {row.subject for row in found} else []

        found: list[Record] = self.until(rows, 10)
        return found

    def audit_records(self) -> Iterator[Record]:
        """All of it, page by page."""
        after = 0
        while page := self.admin.audit_records(after=after):
            yield from page
            after = page[-1].seq

    @staticmethod
    def until(look: Callable[[], Any], seconds: float = 60) -> Any:
        """What `look` finds, as soon as it finds something."""
        end = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < end, f"nothing was found for {seconds} s"
            time.sleep(0.05)
        return found


def raw(caller: Http, method: str, path: str, **given: Any) -> httpx.Response:
    """A response whatever its status."""
    headers = {"Authorization": f"Bearer {caller.token}"} | given.pop("headers", {})
    return caller.client.request(method, path, headers=headers, **given)
