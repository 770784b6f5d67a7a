"""The audit service on a real bus: what the streams acknowledge becomes records, and auditors read them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from services.audit import handlers
from services.audit.handlers import service
from shared.bus import Bus
from shared.bus.runtime import running
from shared.errors import Refused
from shared.events import AccessChanged, Lines, Principal, ReadRecords, Record
from shared.security.capability import Right, private_key, sign
from tests.servers.bus import Server, bus

__all__ = ["bus"]
QUERY = "a" * 32


@asynccontextmanager
async def auditing(server: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bus]:
    """The service, and the gateway's connection to ask it."""
    monkeypatch.setattr(handlers, "settings", lambda: server.settings)
    gateway = Bus("gateway", server.settings)
    async with running(service, server.settings):
        await gateway.broker.connect()
        yield gateway
        await gateway.broker.stop()


def capability(server: Server, *roles: str, query: str = QUERY) -> str:
    until = datetime.now(UTC) + timedelta(minutes=5)
    who = Principal(id="person:eve", name="eve", roles=roles)
    right = Right(principal=who, workspaces=(), actions=("read",), query=query, expires_at=until)
    return sign(right, private_key(server.keys / "auth.key"))


async def rows(server: Server, gateway: Bus, count: int) -> list[Record]:
    """The log, as soon as it has that many records."""
    async with asyncio.timeout(20):
        while True:
            request = ReadRecords(capability=capability(server, "auditor"), query=QUERY)
            found: Lines = await gateway.request(request)
            if found.last >= count:
                return records(found)


def records(found: Lines) -> list[Record]:
    return [Record.model_validate_json(line) for line in found.lines.splitlines()]


def change(number: int) -> AccessChanged:
    return AccessChanged(actor="person:root", act="create", target=f"group:{number}")


async def test_every_stream_is_recorded_with_what_came_before_the_start(
    bus: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [
        ("gateway", "query.asked.v1"), ("retrieval", "query.grounded.v1"), ("dispatch", "query.ready.v1.default"),
        ("inference", "answer.crm.q1"), ("ingestion", "document.uploaded.v1"), ("auth", "access.attempted.v1"),
        ("gateway", "failed.gateway"),
    ]  # fmt: skip
    for who, subject in said:
        async with bus.connect(who) as client:
            await client.jetstream().publish(subject, b'{"query":"q1"}')
    async with auditing(bus, monkeypatch) as gateway:
        found = await rows(bus, gateway, len(said))
    assert sorted(record.subject for record in found) == sorted(subject for _, subject in said)
    assert {record.about for record in found} == {"q1"}


async def test_a_row_names_the_event_its_source_and_its_actor(bus: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    auth = Bus("auth", bus.settings)
    await auth.broker.connect()
    async with auditing(bus, monkeypatch) as gateway:
        await auth.publish(change(1))
        (record,) = await rows(bus, gateway, 1)
    await auth.broker.stop()
    assert (record.source, record.principal, record.about) == ("/cloister/auth", "person:root", "group:1")
    assert len(record.event_id) == 36
    assert abs(record.at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_nothing_is_recorded_twice_when_the_bus_dies_in_the_middle(
    bus: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = Bus("auth", bus.settings)
    await auth.broker.connect()
    async with auditing(bus, monkeypatch) as gateway:
        await asyncio.gather(*(auth.publish(change(n)) for n in range(100)))
        bus.process.kill()
        bus.process.wait()
        await asyncio.to_thread(bus.restart)
        async with bus.connect("auth") as client:
            await client.jetstream().publish("access.changed.v1", b'{"target":"last"}')
        async with asyncio.timeout(20):
            while True:
                try:
                    found = await rows(bus, gateway, 101)
                    break
                except Refused:
                    continue
    await auth.broker.stop()
    assert sorted(record.stream_seq for record in found) == list(range(1, 102))


@pytest.mark.parametrize(
    ("roles", "query", "reason"), [(("manager",), QUERY, "forbidden"), (("auditor",), "b" * 32, "bad_capability")]
)
async def test_only_auditors_read_and_only_with_a_right_for_this_request(
    bus: Server, monkeypatch: pytest.MonkeyPatch, roles: tuple[str, ...], query: str, reason: str
) -> None:
    async with auditing(bus, monkeypatch) as gateway:
        with pytest.raises(Refused) as refused:
            await gateway.request(ReadRecords(capability=capability(bus, *roles, query=query), query=QUERY))
    assert (refused.value.reason, refused.value.status) == (reason, 403)


async def test_a_reader_gets_one_page_at_a_time(bus: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    auth = Bus("auth", bus.settings)
    await auth.broker.connect()
    async with auditing(bus, monkeypatch) as gateway:
        await asyncio.gather(*(auth.publish(change(n)) for n in range(5)))
        await rows(bus, gateway, 5)
        request = ReadRecords(capability=capability(bus, "admin"), query=QUERY, after=2, limit=2)
        found: Lines = await gateway.request(request)
    await auth.broker.stop()
    assert ([record.seq for record in records(found)], found.last) == ([3, 4], 5)
