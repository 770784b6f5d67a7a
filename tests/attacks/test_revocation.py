"""A right that is taken away is gone within a second: for what is being written, what waits, and what is read again."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from client import Http
from tests.support.company import Company, raw
from tests.support.live_stream import LiveStream

SECRET = " ".join(f"The vault in room {n} opens with the word osprey{n}." for n in range(60))
QUESTION = "With which word does the vault in room 7 open? Read it out dragging."


@dataclass
class Leak:
    """Somebody who may ask a workspace through one grant, and what can be taken from them."""

    cloister: Company
    workspace: str
    document: str
    person: Http
    name: str
    group: str
    grant: str


@pytest.fixture
def leak(cloister: Company) -> Leak:
    workspace = cloister.workspace("vault")
    paper = cloister.paper(workspace, "vaults.md", SECRET)
    person = cloister.person("eve")
    name = person.me()["name"]
    group = f"guards-{name}"
    cloister.admin.call("PATCH", f"/api/users/{name}", json={"groups": [group]})
    grant = cloister.grant(workspace, f"group:{group}", "ask", "read")
    return Leak(cloister, workspace, paper["document_id"], person, name, group, grant)


def call(method: str, path: str, **body: Any) -> Callable[[Leak], Any]:
    def act(leak: Leak) -> Any:
        place = path.format(**vars(leak))
        filled = json.loads(json.dumps(body).replace("NAME", leak.name).replace("WORKSPACE", leak.workspace))
        reply = raw(leak.cloister.admin, method, place, json=filled or None)
        assert reply.status_code < 300, reply.text

    return act


TAKEN = {
    "the grant is removed": call("DELETE", "/api/grants/{grant}"),
    "asking is denied": call(
        "POST", "/api/grants", workspace="WORKSPACE", to="person:NAME", actions=["ask"], deny=True
    ),
    "the group is left": call("PATCH", "/api/users/{name}", groups=[]),
    "the person is locked": call("POST", "/api/users/{name}/lock"),
    "the person leaves": call("POST", "/api/users/{name}/offboard"),
    "the person is removed": call("DELETE", "/api/users/{name}"),
    "the workspace is removed": call("DELETE", "/api/workspaces/{workspace}"),
    "the document is denied to them": call("PATCH", "/api/documents/{document}", deny=["person:NAME"]),
    "the document is withdrawn": call("POST", "/api/documents/{document}/withdraw"),
    "the document is deleted": call("DELETE", "/api/documents/{document}"),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_what_is_being_written_ends_within_a_second_when(kind: str, leak: Leak) -> None:
    stream = LiveStream.open(leak.person, QUESTION, workspace=leak.workspace)
    TAKEN[kind](leak)
    taken = time.monotonic()
    at, name, told = stream.end()
    assert (name, told["reason"]) in {("error", "revoked"), ("error", "document_closed")}, told
    assert max(stream.told_after(taken), default=0) < 1, "words came after the right was gone"
    assert at - taken < 1
    assert "osprey59" not in stream.text


def test_what_waits_in_the_queue_ends_within_a_second(leak: Leak) -> None:
    others = [leak.cloister.person("other", leak.workspace) for _ in range(3)]
    running = [LiveStream.start(one, f"{QUESTION} {n}", workspace=leak.workspace) for one in others for n in range(3)]
    stream = LiveStream.start(leak.person, QUESTION, workspace=leak.workspace)
    stream.until(lambda: [data for _, _, data in stream.events if data.get("stage") == "waiting"])
    TAKEN["the grant is removed"](leak)
    taken = time.monotonic()
    at, name, told = stream.end()
    assert (name, told["reason"], stream.text) == ("error", "revoked", "")
    assert at - taken < 1
    for n, other in enumerate(running):
        raw(others[n // 3], "DELETE", f"/api/queries/{other.query}")


def test_a_right_that_came_late_is_told_apart_from_a_forged_one(leak: Leak) -> None:
    others = [leak.cloister.person("other", leak.workspace) for _ in range(3)]
    running = [LiveStream.start(one, f"{QUESTION} {n}", workspace=leak.workspace) for one in others for n in range(3)]
    stream = LiveStream.start(leak.person, QUESTION, workspace=leak.workspace)
    stream.until(lambda: [data for _, _, data in stream.events if data.get("stage") == "waiting"])
    TAKEN["the grant is removed"](leak)
    late = leak.cloister.recorded(stream.query, "access.outdated.v1")
    found = [row for row in late if row.subject == "access.outdated.v1"]
    assert [(row.principal, row.about) for row in found] == [(f"person:{leak.name}", stream.query)] * len(found)
    for n, other in enumerate(running):
        raw(others[n // 3], "DELETE", f"/api/queries/{other.query}")


def test_who_is_given_a_right_keeps_what_is_being_written(leak: Leak) -> None:
    stream = LiveStream.open(leak.person, QUESTION.replace("dragging", "slowly"), workspace=leak.workspace)
    another = leak.cloister.workspace("another")
    leak.cloister.grant(another, f"group:{leak.group}", "ask", "read")
    stranger = leak.cloister.person("stranger", another)
    leak.cloister.admin.remove("user", stranger.me()["name"])
    assert stream.end()[1] == "answer"
