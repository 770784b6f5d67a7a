"""Provisioning on a real server: what is made, told, and refused."""

from pathlib import Path

import pytest

from shared.errors import NotReady
from shared.events.bus_version import too_old
from shared.streams import CONSUMERS, OBJECTS, STREAMS, apply, consumer_for, missing, show
from shared.streams.consumers import covers
from shared.streams.jetstream import connected
from tests.servers.bus import Server, bus, nats_server

__all__ = ["bus"]


async def test_applying_twice_changes_nothing_and_then_nothing_is_missing(bus: Server) -> None:
    assert await apply(bus.url, bus.seed("provisioner")) == []
    assert await missing(bus.url, bus.seed("provisioner")) == []


async def test_an_empty_bus_says_what_is_missing(tmp_path: Path) -> None:
    with nats_server(tmp_path, streams=False) as empty:
        assert len(await missing(empty.url, empty.seed("provisioner"))) == len(STREAMS) + 1
        lines = await apply(empty.url, empty.seed("provisioner"))
        # Beside them, the security team's mirror.
        assert len([line for line in lines if "mirror" not in line.lower()]) == len(STREAMS) + 1 + len(CONSUMERS)


async def test_a_change_is_told_and_made_and_what_was_set_by_hand_is_set_back(bus: Server) -> None:
    async with connected(bus.url, bus.seed("provisioner")) as jetstream:
        failed = next(stream for stream in STREAMS if stream.name == "FAILED")
        by_hand = failed.config() | {"max_bytes": 1_000_000}
        await jetstream.call("STREAM.UPDATE.FAILED", by_hand)
    assert await apply(bus.url, bus.seed("provisioner")) == [
        f"changed stream FAILED: max_bytes: 1000000 -> {failed.bytes}"
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
    assert {c["name"]: c["waiting"] for c in queries["consumers"]}["connectors"] == 1


async def test_a_bus_that_does_not_write_before_it_acknowledges_is_refused(tmp_path: Path) -> None:
    lazy = {"jetstream": {"sync_interval": "2m"}}
    with nats_server(tmp_path, streams=False, changes=lazy) as server, pytest.raises(NotReady, match="sync_interval"):
        await apply(server.url, server.seed("provisioner"))


async def test_a_key_of_another_home_is_not_let_in(bus: Server, tmp_path: Path) -> None:
    from infra.nats.keys import create_keys

    create_keys(tmp_path / "other")
    with pytest.raises(NotReady, match="does not accept"):
        await apply(bus.url, tmp_path / "other" / "bus" / "provisioner.seed")


@pytest.mark.parametrize(
    ("version", "refused"), [("2.9.10", True), ("2.14.2", True), ("2.14.3", False), ("2.15.1", False)]
)
def test_a_server_with_known_holes_is_refused(version: str, refused: bool) -> None:
    assert too_old(version) is refused


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
