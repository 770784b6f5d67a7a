"""Allow and deny lists over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.errors import Refused
from shared.events import (
    Admit,
    Amend,
    ChangeAccess,
    Describe,
    DocumentState,
    DocumentStates,
    Receive,
    Recognise,
    Unknown,
)
from tests.services.gateway.running import AUTH, gateway

STATE = DocumentState(document_id="d1", revision=1, title="a", workspace="finance", status="indexed", object="o1")


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        opened.bus.replies |= {
            Receive: lambda wanted: STATE,
            Amend: lambda wanted: STATE,
            ChangeAccess: lambda wanted: STATE.model_copy(update={"allow": wanted.allow, "deny": wanted.deny}),
            Describe: lambda wanted: DocumentStates(documents=(STATE,), total=1),
            Recognise: lambda wanted: Unknown(names=tuple(name for name in wanted.names if "zoe" in name)),
        }
        yield opened


def asked(app: Any, kind: type) -> list[Any]:
    return [request for request in app.bus.asked if type(request) is kind]


async def test_lists_come_with_an_upload_as_repeated_fields_or_with_commas(app: Any) -> None:
    form = {"workspace": "finance", "allow": ["group:finance, group:财务 部", "person:zoe"], "deny": "person:bob"}
    reply = await app.http.post("/api/documents", data=form, files={"file": ("a.txt", b"x")}, headers=AUTH)
    assert reply.status_code == 202
    [received] = asked(app, Receive)
    assert received.allow == ("group:finance", "group:财务 部", "person:zoe")
    assert received.deny == ("person:bob",)
    [warning] = reply.json()["warnings"]
    assert "'person:zoe'" in warning


async def test_a_change_of_the_lists_alone_takes_manage_alone(app: Any) -> None:
    reply = await app.http.patch("/api/documents/d1", json={"allow": ["group:finance"]}, headers=AUTH)
    assert (reply.status_code, reply.json()["allow"]) == (200, ["group:finance"])
    assert "warnings" not in reply.json()
    assert [(one.allow, one.deny) for one in asked(app, ChangeAccess)] == [(("group:finance",), None)]
    assert ([one.action for one in asked(app, Admit)], asked(app, Amend)) == (["manage"], [])
    await app.http.patch("/api/documents/d1", json={"title": "b", "deny": []}, headers=AUTH)
    assert [one.action for one in asked(app, Admit)][1:] == ["manage", "write"]
    assert asked(app, Amend)[0].title == "b"


async def test_who_reads_but_does_not_manage_is_told_whom_to_ask(app: Any) -> None:
    def refuse(_: Any) -> None:
        raise Refused("document_not_found", "There is no such document, or it is not open to you.", 404)

    app.bus.replies[ChangeAccess] = refuse
    reply = await app.http.patch("/api/documents/d1", json={"deny": ["person:bob"]}, headers=AUTH)
    assert (reply.status_code, "manage" in reply.json()["error"]) == (403, True)
    app.bus.replies[Describe] = refuse
    reply = await app.http.patch("/api/documents/d1", json={"deny": ["person:bob"]}, headers=AUTH)
    assert (reply.status_code, reply.json()["reason"]) == (404, "document_not_found")


async def test_a_manager_whom_the_lists_keep_out_gets_no_bytes(app: Any) -> None:
    app.bus.objects["o1"] = b"secret"
    state = STATE.model_copy(update={"object": ""})
    app.bus.replies[Describe] = lambda wanted: DocumentStates(documents=(state,), total=1)
    assert (await app.http.get("/api/documents/d1", headers=AUTH)).status_code == 200
    content = await app.http.get("/api/documents/d1/content", headers=AUTH)
    assert (content.status_code, content.json()["reason"]) == (403, "not_a_reader")


@pytest.mark.parametrize("body", [{"allow": "group:finance"}, {"deny": [7]}, {"allow": ["person:a"] * 101}])
async def test_what_is_no_list_of_names_is_refused_by_name(app: Any, body: dict[str, Any]) -> None:
    reply = await app.http.patch("/api/documents/d1", json=body, headers=AUTH)
    assert (reply.status_code, next(iter(body)) in reply.json()["error"]) == (422, True)
    assert not asked(app, ChangeAccess)
