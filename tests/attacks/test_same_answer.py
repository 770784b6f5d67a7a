"""What one may not see and what does not exist are told in the same words, with the same status, in the same time."""

import time
from dataclasses import dataclass
from statistics import median
from typing import Any

import pytest

from client import Http
from tests.support.company import Company, raw
from tests.support.department import chat

QUERY, OTHER = "0" * 32, "f" * 32


@dataclass
class Hidden:
    """Things of others, and somebody who may see none of them."""

    eve: Http
    document: str
    workspace: str
    query: str
    key: str
    user: str
    grant: str
    conversation: str = "c-hidden"


@pytest.fixture(scope="module")
def hidden(cloister: Company) -> Hidden:
    workspace = cloister.workspace("hidden")
    document = cloister.paper(workspace, "hidden.md", "The hidden lantern burns at seven.")["document_id"]
    alice = cloister.person("alice", workspace)
    query = chat(alice, "When does the hidden lantern burn?", workspace=workspace, conversation="c-hidden")["query_id"]
    key = cloister.app("hidden", workspace)["name"]
    grant = cloister.grant(workspace, "group:nobody", "ask")
    return Hidden(
        cloister.person("eve", cloister.workspace("own")), document, workspace, query, key, alice.me()["name"], grant
    )


CALLS: dict[str, tuple[str, str, dict[str, Any], dict[str, str]]] = {
    "a document": ("GET", "/api/documents/{document}", {}, {"document": QUERY}),
    "its content": ("GET", "/api/documents/{document}/content", {}, {"document": QUERY}),
    "its revisions": ("GET", "/api/documents/{document}/revisions", {}, {"document": QUERY}),
    "its pages": ("GET", "/api/documents/{document}/revisions/1/pages/1", {}, {"document": QUERY}),
    "why it is seen": ("GET", "/api/documents/{document}/why", {}, {"document": QUERY}),
    "its end": ("GET", "/api/documents/{document}/removal", {}, {"document": QUERY}),
    "changing it": ("PATCH", "/api/documents/{document}", {"json": {"title": "mine"}}, {"document": QUERY}),
    "its readers": ("PATCH", "/api/documents/{document}", {"json": {"deny": []}}, {"document": QUERY}),
    "withdrawing it": ("POST", "/api/documents/{document}/withdraw", {}, {"document": QUERY}),
    "deleting it": ("DELETE", "/api/documents/{document}", {}, {"document": QUERY}),
    "a query": ("GET", "/api/queries/{query}", {}, {"query": OTHER}),
    "its events": ("GET", "/api/queries/{query}/events", {}, {"query": OTHER}),
    "calling it off": ("DELETE", "/api/queries/{query}", {}, {"query": OTHER}),
    "an opinion on it": (
        "POST", "/api/feedback", {"json": {"query_id": "{query}", "useful": True, "comment": ""}}, {"query": OTHER},
    ),
    "a conversation": ("GET", "/api/conversations/{conversation}", {}, {"conversation": "c-missing"}),
    "asking a workspace": (
        "POST", "/api/chat", {"json": {"question": "?", "workspace": "{workspace}"}}, {"workspace": "missing-1"},
    ),
    "searching a workspace": (
        "POST", "/api/search", {"json": {"question": "?", "workspace": "{workspace}"}}, {"workspace": "missing-1"},
    ),
    "listing a workspace": ("GET", "/api/documents?workspace={workspace}", {}, {"workspace": "missing-1"}),
    "filling a workspace": (
        "POST", "/api/documents", {"data": {"workspace": "{workspace}"}, "files": {"file": ("a.md", b"x")}},
        {"workspace": "missing-1"},
    ),
    "removing a workspace": ("DELETE", "/api/workspaces/{workspace}", {}, {"workspace": "missing-1"}),
    "granting there": (
        "POST", "/api/grants", {"json": {"workspace": "{workspace}", "to": "person:eve", "actions": ["ask"]}},
        {"workspace": "missing-1"},
    ),
    "a grant": ("DELETE", "/api/grants/{grant}", {}, {"grant": QUERY}),
    "why somebody may": ("GET", "/api/grants/why?workspace={workspace}&person={user}", {}, {"user": "nobody-1"}),
    "a key": ("DELETE", "/api/keys/{key}", {}, {"key": "missing-1"}),
    "rotating a key": ("POST", "/api/keys/{key}/rotate", {"json": {}}, {"key": "missing-1"}),
    "a user": ("DELETE", "/api/users/{user}", {}, {"user": "nobody-1"}),
    "locking a user": ("POST", "/api/users/{user}/lock", {}, {"user": "nobody-1"}),
    "changing a user": ("PATCH", "/api/users/{user}", {"json": {"groups": []}}, {"user": "nobody-1"}),
}  # fmt: skip


def filled(given: Any, names: dict[str, str]) -> Any:
    if isinstance(given, dict):
        return {key: filled(value, names) for key, value in given.items()}
    return given.format(**names) if isinstance(given, str) else given


def asked(hidden: Hidden, call: str, *, missing: bool) -> tuple[int, bytes, dict[str, str]]:
    method, path, given, others = CALLS[call]
    names = {name: value for name, value in vars(hidden).items() if isinstance(value, str)}
    names |= others if missing else {}
    reply = raw(hidden.eve, method, filled(path, names), **filled(given, names))
    kept = {name: value for name, value in reply.headers.items() if name not in ("date", "x-request-id", "traceparent")}
    body = reply.content
    for value in names.values():
        body = body.replace(value.encode(), b"NAME")
    return reply.status_code, body, kept


@pytest.mark.parametrize("call", CALLS)
def test_hidden_and_missing_look_the_same(call: str, hidden: Hidden) -> None:
    there, absent = asked(hidden, call, missing=False), asked(hidden, call, missing=True)
    assert there[:2] == absent[:2]
    assert there[0] in (403, 404), "nobody gets that far"
    assert set(there[2]) == set(absent[2])


@pytest.mark.parametrize("call", ["a document", "its content", "a query", "asking a workspace", "a key", "a user"])
def test_hidden_and_missing_take_the_same_time(call: str, hidden: Hidden) -> None:
    took: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(120):
        missing = bool(turn % 2)
        began = time.perf_counter()
        asked(hidden, call, missing=missing)
        took[missing].append(time.perf_counter() - began)
    # The chance that a missing one takes longer than a hidden one: a half when time tells nothing.
    pairs = [(there, absent) for there in took[False] for absent in took[True]]
    longer = sum(absent > there for there, absent in pairs) / len(pairs)
    close = abs(median(took[True]) - median(took[False])) < 0.1 * median(took[False])
    assert 0.35 < longer < 0.65 or close, (longer, median(took[False]), median(took[True]))
