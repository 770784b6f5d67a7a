"""A department with real papers, one who may ask them, and one who may not."""

from dataclasses import dataclass
from typing import Any

import pytest

from client import Http
from tests.support.company import PAPERS, Company, raw

HOTEL = "What is the hotel limit in Europe?"
MEALS = "出差每天的伙食补贴是多少？"


@dataclass
class Department:
    """A workspace with papers, one who may ask them, and one who may not."""

    name: str
    alice: Http
    bob: Http


def filled(cloister: Company) -> str:
    """A workspace with papers that are in use."""
    name = cloister.workspace("finance")
    for paper in ("差旅报销制度.pdf", "Overseas Travel Policy.docx", "客户信用管理办法.txt"):
        state = cloister.paper(name, paper, (PAPERS / "finance" / paper).read_bytes())
        assert state["status"] == "indexed", state
    return name


def staffed(cloister: Company, name: str) -> Department:
    """Somebody new who may ask it, and somebody who may not."""
    return Department(name, cloister.person("alice", name), cloister.person("bob", cloister.workspace("legal")))


@pytest.fixture(scope="module")
def finance(cloister: Company) -> Department:
    return staffed(cloister, filled(cloister))


def chat(caller: Http, question: str, **wish: Any) -> dict[str, Any]:
    reply = raw(caller, "POST", "/api/chat", json={"question": question} | wish)
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body
