"""Streams and accounts on a real server: what is kept, what crosses, and who hears of a death."""

import asyncio
import json

import nats.errors
import pytest
from nats.aio.client import Client
from nats.js.errors import APIError

from shared.streams import STREAMS, consumer_for, show
from tests.servers.bus import Server, bus

__all__ = ["bus"]
ONCE = {"Nats-Expected-Last-Subject-Sequence": "0"}


async def test_only_the_first_answer_is_stored_and_heard(bus: Server) -> None:
    async with bus.connect("inference") as worker, bus.connect("crm", "crm") as crm:
        heard = await crm.subscribe("answered.crm.>")
        await crm.flush()
        for body, headers in ((b"first", ONCE), (b"second", ONCE), (b"third", None)):
            if body == b"first":
                await worker.jetstream().publish("answer.crm.1", body, headers=headers)
                continue
            with pytest.raises(APIError):
                await worker.jetstream().publish("answer.crm.1", body, headers=headers)
        await worker.jetstream().publish("answer.crm.2", b"end", headers=ONCE)
        messages = [await heard.next_msg(timeout=2), await heard.next_msg(timeout=2)]
    assert [(m.subject, m.data, m.reply) for m in messages] == [
        ("answered.crm.1", b"first", ""), ("answered.crm.2", b"end", "")
    ]  # fmt: skip


async def test_a_question_from_outside_is_kept_and_its_answer_does_not_reach_another(bus: Server) -> None:
    async with bus.connect("crm", "crm") as crm, bus.connect("hr", "hr") as hr, bus.connect("inference") as worker:
        other = await hr.subscribe("answered.hr.>")
        await hr.flush()
        kept = await crm.jetstream().publish("ask.crm", b"{}")
        await worker.jetstream().publish("answer.crm.1", b"for crm", headers=ONCE)
        await worker.jetstream().publish("answer.hr.1", b"for hr", headers=ONCE)
        assert (kept.stream, (await other.next_msg(timeout=2)).data) == ("ASKS", b"for hr")


async def test_a_reply_subject_chosen_by_a_business_system_plants_no_answer(bus: Server) -> None:
    async with bus.connect("crm", "crm") as crm:
        for target in ("answer.crm.9", "answer.hr.9", "query.asked.v1", "$JS.API.STREAM.PURGE.ASKS"):
            await crm.publish("ask.crm", b"{}", reply=target)
        await crm.jetstream().publish("ask.crm", b"{}")
    held = {stream["stream"]: stream["messages"] for stream in await show(bus.url, bus.seed("provisioner"))}
    assert (held["ASKS"], held["ANSWERS"], held["QUERIES"]) == (5, 0, 0)


async def test_one_business_system_cannot_fill_the_stream_for_all(bus: Server) -> None:
    async with bus.connect("crm", "crm") as crm, bus.connect("hr", "hr") as hr:
        for _ in range(STREAMS[0].per_subject):
            await crm.publish("ask.crm", b"{}")
        with pytest.raises(APIError, match="per subject"):
            await crm.jetstream().publish("ask.crm", b"{}")
        with pytest.raises(APIError, match="message size"):
            await hr.jetstream().publish("ask.hr", b"x" * 65_537)
        assert (await hr.jetstream().publish("ask.hr", b"{}")).stream == "ASKS"


async def test_a_message_that_always_fails_leaves_an_advisory_in_failed(bus: Server) -> None:
    async with bus.connect("connectors") as connectors, bus.connect("gateway") as gateway:
        await gateway.jetstream().publish("query.asked.v1", b"{}")
        consumer = consumer_for("connectors", "query.asked.v1")
        pull = await connectors.jetstream().pull_subscribe_bind(
            consumer.name, consumer.stream, inbox_prefix=b"_INBOX_connectors."
        )
        for _ in range(consumer.attempts):
            (message,) = await pull.fetch(1, timeout=2)
            await message.nak()
        # The server counts when it is asked for the next message.
        with pytest.raises(nats.errors.TimeoutError):
            await pull.fetch(1, timeout=0.1)
        failed = await gateway.jetstream().pull_subscribe_bind("gateway", "FAILED", inbox_prefix=b"_INBOX_gateway.")
        (advisory,) = await failed.fetch(1, timeout=2)
    told = json.loads(advisory.data)
    assert (told["stream"], told["consumer"], told["stream_seq"]) == ("QUERIES", "connectors", 1)


async def test_dispatch_hears_at_once_that_a_worker_is_gone(bus: Server) -> None:
    async with bus.connect("dispatch") as dispatch:
        gone = await dispatch.subscribe("$SYS.ACCOUNT.CORE.DISCONNECT")
        await dispatch.flush()
        async with bus.connect("inference") as worker:
            _drop(worker)
            advisory = await gone.next_msg(timeout=0.1)
    assert json.loads(advisory.data)["client"]["name"] == "inference.test"


async def test_what_was_acknowledged_is_there_after_the_server_was_killed(bus: Server) -> None:
    async with bus.connect("auth") as auth:
        await asyncio.gather(*(auth.jetstream().publish("access.changed.v1", b"{}") for _ in range(50)))
        bus.process.kill()
        bus.process.wait()
    bus.restart()
    held = {stream["stream"]: stream["messages"] for stream in await show(bus.url, bus.seed("provisioner"))}
    assert held["AUDIT"] == 50


def _drop(client: Client) -> None:
    """Cut the connection as a killed process would."""
    client._transport._io_writer.transport.abort()  # type: ignore[union-attr]
