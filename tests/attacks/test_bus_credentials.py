"""A bus credential is its id, not its name: what it opened closes with it, and a new key inherits nothing."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error

from client import Http
from tests.support.company import PASSWORD, Company, raw
from tests.support.live_stream import LiveStream

SECRET = " ".join(f"The safe in room {n} opens with the word osprey{n}." for n in range(60))
QUESTION = "With which word does the safe in room 7 open? Read it out dragging."


@asynccontextmanager
async def connected(cloister: Company, name: str, password: str) -> AsyncIterator[tuple[Client, asyncio.Event]]:
    """A connection that does not come back by itself, and what is set when it ends."""
    ended = asyncio.Event()

    async def over() -> None:
        ended.set()

    async def quiet(_: Exception) -> None:
        """The server says why; the tests look at what happens."""

    client = await nats.connect(
        cloister.system.nats_url, user=name, password=password, inbox_prefix=f"_INBOX_{name}", closed_cb=over,
        error_cb=quiet, allow_reconnect=False,
    )  # fmt: skip
    try:
        yield client, ended
    finally:
        await client.close()


def post(cloister: Company, path: str, **body: Any) -> dict[str, Any]:
    reply = raw(cloister.admin, "POST", f"/api/{path}", json=body)
    assert reply.status_code < 300, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def within_a_second(ended: asyncio.Event) -> None:
    await asyncio.wait_for(ended.wait(), 1)


async def refused(cloister: Company, name: str, password: str) -> bool:
    try:
        async with connected(cloister, name, password):
            return False
    except Error:
        return True


@pytest.fixture
def workspace(cloister: Company) -> str:
    name = cloister.workspace("safes")
    cloister.paper(name, "safes.md", SECRET)
    return name


async def test_a_connection_ends_within_a_second_of_its_key(cloister: Company, workspace: str) -> None:
    erp = cloister.app("erp", workspace, bus=True)
    async with connected(cloister, erp["name"], erp["key"]) as (_, ended):
        cloister.admin.remove("key", erp["name"])
        await within_a_second(ended)
    assert await refused(cloister, erp["name"], erp["key"])


async def test_a_key_made_anew_under_the_same_name_is_another_one(cloister: Company, workspace: str) -> None:
    erp = cloister.app("erp", workspace, bus=True)
    async with connected(cloister, erp["name"], erp["key"]) as (_, ended):
        cloister.admin.remove("key", erp["name"])
        made = cloister.admin.make("key", name=erp["name"], workspaces=[workspace], bus=True)
        assert ended.is_set() or await asyncio.wait_for(ended.wait(), 0.5), "closed before the new key is told"
        async with connected(cloister, erp["name"], made["key"]) as (fresh, _):
            assert fresh.is_connected
    assert await refused(cloister, erp["name"], erp["key"])


async def test_two_secrets_live_side_by_side_until_the_old_one_is_ended(cloister: Company, workspace: str) -> None:
    erp = cloister.app("erp", workspace, bus=True)
    new = post(cloister, f"keys/{erp['name']}/rotate")["key"]
    for key in (erp["key"], new):
        async with connected(cloister, erp["name"], key) as (client, _):
            assert client.is_connected
    async with connected(cloister, erp["name"], erp["key"]) as (_, ended):
        newest = post(cloister, f"keys/{erp['name']}/rotate", hours=0)["key"]
        await within_a_second(ended)
    assert [await refused(cloister, erp["name"], key) for key in (erp["key"], new, newest)] == [True, True, False]


async def test_what_a_system_hears_of_an_answer_ends_with_its_key(cloister: Company, workspace: str) -> None:
    erp = cloister.app("erp", workspace, bus=True)
    heard: list[str] = []
    first = asyncio.Event()

    async def hear(message: Any) -> None:
        event = json.loads(message.data)
        heard.append(event.get("text", "") or event.get("answer", "") or "")
        if event.get("kind") == "token":
            first.set()

    async with connected(cloister, erp["name"], erp["key"]) as (client, ended):
        await client.subscribe(f"stream.{erp['name']}.>", cb=hear)
        await client.subscribe(f"answered.{erp['name']}.>", cb=hear)
        await client.jetstream().publish(f"ask.{erp['name']}", json.dumps({"question": QUESTION}).encode())
        await asyncio.wait_for(first.wait(), 20)
        cloister.admin.remove("key", erp["name"])
        await within_a_second(ended)
    assert "osprey59" not in "".join(heard)


async def test_what_is_written_for_a_system_ends_when_its_right_does_and_its_connection_stays(
    cloister: Company, workspace: str
) -> None:
    erp = cloister.app("erp", workspace, bus=True)
    answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    first = asyncio.Event()

    async def stream(message: Any) -> None:
        if json.loads(message.data)["kind"] == "token":
            first.set()

    async def answered(message: Any) -> None:
        await answers.put(json.loads(message.data))

    async with connected(cloister, erp["name"], erp["key"]) as (client, ended):
        await client.subscribe(f"stream.{erp['name']}.>", cb=stream)
        await client.subscribe(f"answered.{erp['name']}.>", cb=answered)
        await client.jetstream().publish(f"ask.{erp['name']}", json.dumps({"question": QUESTION}).encode())
        await asyncio.wait_for(first.wait(), 20)
        denied = {"workspace": workspace, "to": f"app:{erp['name']}", "actions": ["ask"], "deny": True}
        cloister.admin.make("grant", **denied)
        told = await asyncio.wait_for(answers.get(), 1)
        assert (told["answer"], told["reason"]) == (None, "revoked")
        assert not ended.is_set()


async def test_an_auditor_s_connection_ends_with_the_role(cloister: Company) -> None:
    name = cloister.person("auditor").me()["name"]
    cloister.admin.call("PATCH", f"/api/users/{name}", json={"roles": ["auditor"]})
    async with connected(cloister, name, PASSWORD) as (_, ended):
        cloister.admin.call("PATCH", f"/api/users/{name}", json={"roles": []})
        await within_a_second(ended)
    assert await refused(cloister, name, PASSWORD)


async def test_signing_out_everywhere_ends_the_auditor_s_connection_and_what_is_being_written(
    cloister: Company, workspace: str
) -> None:
    auditor = cloister.person("auditor", workspace)
    name = auditor.me()["name"]
    cloister.admin.call("PATCH", f"/api/users/{name}", json={"roles": ["auditor"]})
    stream = await asyncio.to_thread(LiveStream.open, auditor, QUESTION, workspace=workspace)
    async with connected(cloister, name, PASSWORD) as (_, ended):
        auditor.logout(everywhere=True)
        began = time.monotonic()
        await within_a_second(ended)
    at, event, told = await asyncio.to_thread(stream.end)
    assert (event, told["reason"]) == ("error", "revoked")
    assert at - began < 1
    async with connected(cloister, name, PASSWORD) as (client, _):
        assert client.is_connected, "the password still holds"


async def test_signing_out_ends_what_is_written_for_that_sign_in_alone(cloister: Company, workspace: str) -> None:
    here, elsewhere = cloister.person("alice", workspace), Http(cloister.system.base)
    elsewhere.login(str(here.me()["name"]), PASSWORD)
    mine = await asyncio.to_thread(LiveStream.open, here, QUESTION, workspace=workspace)
    other = await asyncio.to_thread(
        LiveStream.open, elsewhere, QUESTION.replace("dragging", "slowly"), workspace=workspace
    )
    here.logout()
    began = time.monotonic()
    at, event, told = await asyncio.to_thread(mine.end)
    assert (event, told["reason"]) == ("error", "revoked")
    assert at - began < 1
    assert "osprey59" not in mine.text
    assert (await asyncio.to_thread(other.end))[1] == "answer"
