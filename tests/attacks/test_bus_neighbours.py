"""Business systems share a bus, and none can swallow, forge or read what belongs to another."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.js.errors import APIError

from client import Bus, Refused
from shared.events import query_id
from tests.servers.bus import Server, bus  # noqa: F401
from tests.support.company import Company
from tests.support.system_stub import answering

PAPER = "The hotel limit in Europe is 180 US dollars a night."
HOTEL = "What is the hotel limit in Europe?"


@pytest.fixture(scope="module")
def space(cloister: Company) -> str:
    name = cloister.workspace("finance")
    assert cloister.paper(name, "limits.txt", PAPER)["status"] == "indexed"
    return name


@asynccontextmanager
async def connected(cloister: Company, app: dict[str, Any]) -> AsyncIterator[Client]:
    """A system that does without our client, and listens to all it may."""
    name = app["name"]
    client = await nats.connect(
        cloister.system.nats_url, user=name, password=app["key"], inbox_prefix=f"_INBOX_{name}".encode()
    )
    try:
        yield client
    finally:
        await client.close()


@pytest.mark.parametrize("first", ["attacker", "victim"])
async def test_no_message_id_of_one_swallows_the_question_of_another(cloister: Company, space: str, first: str) -> None:
    attacker, victim = cloister.app("erp", space, bus=True), cloister.app("crm", space, bus=True)
    order = (attacker, victim) if first == "attacker" else (victim, attacker)
    said = {}
    for app in order:
        async with connected(cloister, app) as client:
            told = await client.subscribe(f"answered.{app['name']}.>")
            question = json.dumps({"question": HOTEL, "key": "order-42"}).encode()
            kept = await client.jetstream().publish(f"ask.{app['name']}", question, headers={"Nats-Msg-Id": "order-42"})
            assert not kept.duplicate
            said[app["name"]] = json.loads((await told.next_msg(20)).data)
    for app in order:
        assert said[app["name"]]["reason"] == "header_refused", "and told how to do it"
    async with cloister.line(victim) as crm:
        assert "180" in (await crm.ask(HOTEL, workspace=space, key="order-43")).answer


async def test_the_keys_of_two_systems_are_two_keys(cloister: Company, space: str) -> None:
    one, other = cloister.app("erp", space, bus=True), cloister.app("crm", space, bus=True)
    async with cloister.line(one) as erp, cloister.line(other) as crm:
        answers = await asyncio.gather(*(line.ask(HOTEL, workspace=space, key="order-42") for line in (erp, crm)))
    assert {answer.client for answer in answers} == {one["name"], other["name"]}


async def test_a_header_that_asks_for_the_last_message_id_learns_nothing(cloister: Company, space: str) -> None:
    """The server tells it to whoever expects another one. A question that is taken never has one."""
    attacker, victim = cloister.app("erp", space, bus=True), cloister.app("crm", space, bus=True)
    async with cloister.line(victim) as crm, connected(cloister, attacker) as erp:
        await crm.ask(HOTEL, workspace=space, key="a secret order")
        with pytest.raises(APIError) as refused:
            await erp.jetstream().publish(
                f"ask.{attacker['name']}", b"{}", headers={"Nats-Expected-Last-Msg-Id": "guess"}
            )
        assert (refused.value.description or "").endswith("wrong last msg ID: "), "and no id after it"


@pytest.mark.parametrize("first", ["attacker", "victim"])
async def test_no_message_id_of_one_swallows_the_signal_of_another(cloister: Company, space: str, first: str) -> None:
    attacker, victim = cloister.app("erp", space, bus=True), cloister.app("crm", space, bus=True)
    for app in (attacker, victim) if first == "attacker" else (victim, attacker):
        async with connected(cloister, app) as client:
            reading = json.dumps({"name": "heat", "fields": {"celsius": 20}}).encode()
            kept = await client.jetstream().publish(
                f"signal.{app['name']}", reading, headers={"Nats-Msg-Id": "reading-42"}
            )
            assert not kept.duplicate


async def test_replies_that_are_led_to_another_s_subjects_are_no_answers(cloister: Company, space: str) -> None:
    attacker, victim = cloister.app("erp", space, bus=True), cloister.app("crm", space, bus=True)
    name, query = victim["name"], query_id(victim["name"], "order-42")
    targets = (f"answered.{name}.{query}", f"stream.{name}.{query}", f"stream.{name}.answer_keys")
    async with connected(cloister, attacker) as erp, Bus(cloister.system.nats_url, name, victim["key"]) as crm:
        asked = asyncio.create_task(crm.ask(HOTEL, workspace=space, key="order-42"))
        while not asked.done():
            for target in targets:
                await erp.publish(f"ask.{attacker['name']}", b'{"answer": "Nothing."}', reply=target)
            await asyncio.sleep(0.01)
        assert "180" in (await asked).answer


async def test_the_client_proves_answers_without_being_told_to(bus: Server) -> None:  # noqa: F811
    async with answering(bus) as cloister, Bus(bus.url, "crm", "crm") as crm:
        cloister.silent = True
        asked = asyncio.create_task(crm.ask("How long?", key="order-42"))
        await cloister.forged("crm", "order-42")
        await cloister.answer("crm", query_id("crm", "order-42"))
        assert (await asked).answer == "Thirty days [1]."


async def test_an_answer_that_comes_before_its_keys_is_taken_when_they_are_there(bus: Server) -> None:  # noqa: F811
    async with answering(bus) as cloister:
        keys, cloister.keys = cloister.keys, {}
        async with Bus(bus.url, "crm", "crm") as crm:
            asked = asyncio.create_task(crm.ask("How long?", key="order-42"))
            await asyncio.wait_for(cloister.heard.wait(), 5)
            await cloister.client.publish("stream.crm.answer_keys", json.dumps(keys).encode())
            assert (await asyncio.wait_for(asked, 10)).answer == "Thirty days [1]."


async def test_a_key_of_another_cloister_proves_nothing(bus: Server) -> None:  # noqa: F811
    async with answering(bus) as cloister:
        swapped = dict.fromkeys(cloister.keys, cloister.keys["inference"])
        async with Bus(bus.url, "crm", "crm", swapped) as crm:
            with pytest.raises(Refused, match="signature"):
                await crm.ask("How long?", timeout=1)
