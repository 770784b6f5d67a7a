"""Streams on a real server: provisioning, what is kept, and what crosses from one account to the other."""

import asyncio
import json
from pathlib import Path

import nats.errors
import pytest
from nats.aio.client import Client
from nats.js.errors import APIError

from shared.errors import NotReady
from shared.streams import CONSUMERS, OBJECTS, STREAMS, apply, consumer_for, missing, show
from shared.streams.consumers import covers
from shared.streams.jetstream import connected
from shared.streams.server import too_old
from tests.servers.bus import Server, bus, nats_server

__all__ = ["bus"]
ONCE = {"Nats-Expected-Last-Subject-Sequence": "0"}


async def test_applying_twice_changes_nothing_and_then_nothing_is_missing(bus: Server) -> None:
    assert await apply(bus.url, bus.seed("provisioner")) == []
    assert await missing(bus.url, bus.seed("provisioner")) == []


async def test_an_empty_bus_says_what_is_missing(tmp_path: Path) -> None:
    with nats_server(tmp_path, streams=False) as empty:
        assert len(await missing(empty.url, empty.seed("provisioner"))) == len(STREAMS) + 1
        assert len(await apply(empty.url, empty.seed("provisioner"))) == len(STREAMS) + 1 + len(CONSUMERS)


async def test_a_change_is_told_and_made_and_what_was_set_by_hand_is_set_back(bus: Server) -> None:
    async with connected(bus.url, bus.seed("provisioner")) as jetstream:
        by_hand = STREAMS[5].config() | {"max_bytes": 1_000_000}
        await jetstream.call("STREAM.UPDATE.FAILED", by_hand)
    assert await apply(bus.url, bus.seed("provisioner")) == [
        f"changed stream FAILED: max_bytes: 1000000 -> {STREAMS[5].bytes}"
    ]


async def test_a_change_that_would_lose_messages_is_refused_in_words(bus: Server) -> None:
    async with connected(bus.url, bus.seed("provisioner")) as jetstream:
        await jetstream.call("STREAM.UPDATE.ANSWERS", STREAMS[2].config() | {"subjects": ["answer.*.*", "kept.>"]})
    with pytest.raises(NotReady, match=r"messages would be lost: kept.> is taken away"):
        await apply(bus.url, bus.seed("provisioner"))


async def test_a_consumer_that_nobody_declares_is_pointed_out(bus: Server) -> None:
    async with connected(bus.url, bus.seed("provisioner")) as jetstream:
        config = consumer_for("inference", "query.ready.v1.default").config()
        config |= {"name": "inference-old", "durable_name": "inference-old", "filter_subject": "query.ready.v1.old"}
        body = {"stream_name": "QUERIES", "config": config, "action": "create"}
        await jetstream.call("CONSUMER.DURABLE.CREATE.QUERIES.inference-old", body)
    (line,) = await apply(bus.url, bus.seed("provisioner"))
    assert "inference-old on QUERIES is not declared" in line


async def test_show_counts_what_waits(bus: Server) -> None:
    async with bus.connect("gateway") as client:
        await client.jetstream().publish("query.asked.v1", b"{}")
    queries = next(s for s in await show(bus.url, bus.seed("provisioner")) if s["stream"] == "QUERIES")
    assert queries["messages"] == 1
    assert {c["name"]: c["waiting"] for c in queries["consumers"]}["retrieval"] == 1


async def test_a_bus_that_does_not_write_before_it_acknowledges_is_refused(tmp_path: Path) -> None:
    lazy = {"jetstream": {"sync_interval": "2m"}}
    with nats_server(tmp_path, streams=False, changes=lazy) as server, pytest.raises(NotReady, match="sync_interval"):
        await apply(server.url, server.seed("provisioner"))


async def test_a_key_of_another_home_is_not_let_in(bus: Server, tmp_path: Path) -> None:
    from infra.nats.keys import make

    make(tmp_path / "other")
    with pytest.raises(NotReady, match="does not accept"):
        await apply(bus.url, tmp_path / "other" / "bus" / "provisioner.seed")


@pytest.mark.parametrize(
    ("version", "refused"), [("2.9.10", True), ("2.14.2", True), ("2.14.3", False), ("2.15.1", False)]
)
def test_a_server_with_known_holes_is_refused(version: str, refused: bool) -> None:
    assert too_old(version) is refused


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
    async with bus.connect("retrieval") as retrieval, bus.connect("gateway") as gateway:
        await gateway.jetstream().publish("query.asked.v1", b"{}")
        consumer = consumer_for("retrieval", "query.asked.v1")
        pull = await retrieval.jetstream().pull_subscribe_bind(
            consumer.name, consumer.stream, inbox_prefix=b"_INBOX_retrieval."
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
    assert (told["stream"], told["consumer"], told["stream_seq"]) == ("QUERIES", "retrieval", 1)


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


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("ask.*", "ask.crm", True), ("ask.*", "ask.*", True), ("ask.*", "ask.>", False), ("ask.crm", "ask.*", False),
        ("failed.>", "failed.*", True), ("failed.>", "failed", False), (">", "a.b", True), ("a.*.c", "a.b.c", True),
        ("a.*", "a.b.c", False), ("a.>", "a.>", True), ("a.*.>", "a.>", False),
    ],
)  # fmt: skip
def test_a_pattern_covers_what_it_stands_for(pattern: str, subject: str, expected: bool) -> None:
    assert covers(pattern, subject) is expected


def test_consumers_are_found_by_what_they_take() -> None:
    assert consumer_for("gateway", "failed.*").stream == "FAILED"
    assert consumer_for("inference", "query.ready.v1.{pool}", pool="default").name == "inference-default"
    assert consumer_for("ingestion", "document.rejected.v1").name == "ingestion-rejected"
    with pytest.raises(NotReady, match="CLOISTER_POOLS"):
        consumer_for("inference", "query.ready.v1.gpu")
    assert OBJECTS.name == "OBJ_documents"
