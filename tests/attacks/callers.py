"""Somebody of each role, and what each calls a route with."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from client import Http
from tests.support.company import PASSWORD, Company, raw
from tests.support.department import chat

ROLES = ("nobody", "stranger", "member", "writer", "keeper", "auditor", "app", "admin")
QUESTION = "When does the brass lantern burn?"
Body = dict[str, Any]


@dataclass
class Callers:
    """A workspace with a document; `member` may ask and read it, `writer` write, `keeper` manage, `app` has a key."""

    cloister: Company
    workspace: str = field(init=False)
    document: str = field(init=False)
    query: str = field(init=False)
    people: dict[str, Http] = field(init=False)

    def __post_init__(self) -> None:
        here = self.cloister
        self.workspace = here.workspace("routes")
        self.document = here.paper(self.workspace, "lantern.md", "The brass lantern burns at seven.")["document_id"]
        app = here.app("routes", self.workspace)
        self.people = {
            "nobody": Http(here.system.base), "stranger": here.person("stranger", here.workspace("elsewhere")),
            "member": here.person("member", self.workspace), "writer": here.person("writer", self.workspace),
            "keeper": here.person("keeper", self.workspace), "auditor": here.person("auditor"),
            "app": Http(here.system.base, app["key"]), "admin": here.admin,
        }  # fmt: skip
        here.grant(self.workspace, self.people["writer"].me()["id"], "write")
        here.grant(self.workspace, self.people["keeper"].me()["id"], "write", "manage")
        auditor = self.people["auditor"].me()["name"]
        here.admin.call("PATCH", f"/api/users/{auditor}", json={"roles": ["auditor"]})
        member = self.people["member"]
        self.query = chat(member, QUESTION, workspace=self.workspace, conversation="routes")["query_id"]

    def call(self, role: str, method: str, route: str) -> httpx.Response:
        """With a body that says no more than it must, about things that are there."""
        there = {"query": self.query, "conversation": "routes", "number": 1, "page": 1, "seq": 10**9, "path": "9/000"}
        there |= {"owner": "person:nobody-1", "to": "person:nobody-1"}
        there["document"] = self._document(method, route)
        path = route.format_map(defaultdict(lambda: "missing-1", there))
        caller, given = self.people[role], BODIES.get(f"{method} {route}", lambda _: {})(self)
        reply = raw(caller, method, path, **given) if caller.token else caller.client.request(method, path, **given)
        if route.endswith("/withdraw"):
            raw(self.people["admin"], "POST", path.replace("withdraw", "restore"))
        return reply

    def _document(self, method: str, route: str) -> str:
        if (method, route) != ("DELETE", "/api/documents/{document}"):
            return self.document
        sent = self.cloister.upload(self.workspace, "to-delete.md", "Nothing to keep.").json()
        return str(sent["document_id"])


def _json(**body: Any) -> Callable[[Callers], Body]:
    return lambda callers: {
        "json": {key: callers.workspace if value == "WORKSPACE" else value for key, value in body.items()}
    }


# Where nothing is named here the body is empty, which is refused after the caller's right, not before.
BODIES: dict[str, Callable[[Callers], Body]] = {
    "POST /api/chat": _json(question=QUESTION, workspace="WORKSPACE"),
    "POST /api/search": _json(question=QUESTION, workspace="WORKSPACE"),
    "POST /api/documents": lambda callers: {
        "data": {"workspace": callers.workspace}, "files": {"file": ("a.md", b"A line.")},
    },
    "PATCH /api/documents/{document}": _json(title="lantern.md"),
    "PATCH /api/conversations/{conversation}": _json(pinned=True),
    "POST /api/conversations/{conversation}/shares": _json(to="admin"),
    "PUT /api/folders": _json(host="h", folder="/srv", workspace="WORKSPACE", files=1, documents=1),
    "POST /api/starting-points": _json(workspace="WORKSPACE", question=QUESTION),
    "POST /api/feedback": lambda callers: {"json": {"query_id": callers.query, "useful": True, "comment": ""}},
    "POST /api/data/queries/{name}": _json(),
    "GET /api/grants/why": lambda callers: {"params": {"workspace": callers.workspace, "person": "admin"}},
    "POST /api/login": _json(username="nobody-1", password=PASSWORD),
    "POST /auth/login": _json(username="nobody-1", password=PASSWORD),
    "POST /api/me/password": _json(password="1", current="2"),
    "GET /api/audit/consistency": lambda _: {"params": {"first": 1, "size": 10**9}},
    "GET /api/audit/records/{seq}/proof": lambda _: {"params": {"size": 10**10}},
    "POST /v1/chat/completions": lambda callers: {
        "json": {
            "model": "cloister", "workspace": callers.workspace, "messages": [{"role": "user", "content": QUESTION}],
        }
    },
    "POST /v1/completions": lambda callers: {
        "json": {"model": "cloister", "workspace": callers.workspace, "prompt": QUESTION}
    },
    "POST /v1/responses": lambda callers: {
        "json": {"model": "cloister", "workspace": callers.workspace, "input": QUESTION, "store": False}
    },
    "POST /v1/embeddings": _json(model="cloister", input="lantern"),
    **{
        f"POST /api/{kind}s": _json()
        for kind in ("user", "workspace", "grant", "key", "limit", "topic")
    },
    **{
        f"POST /api/{route}": _json()
        for route in ("keys/{name}/rotate", "roles/{name}/apply", "users/{name}/offboard")
    },
    "PATCH /api/users/{name}": _json(),
    "POST /api/users/{name}/password": _json(password=f"another {PASSWORD}"),
}  # fmt: skip
