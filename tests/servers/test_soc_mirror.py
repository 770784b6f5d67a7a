"""The security team's mirror on a real server: whole, replayed from anywhere, and touched by nobody who reads it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nats.aio.client import Client

from bench.system import free_port
from client.audit import LogKey, Verifier
from client.audit.mirror import Mirror, connected
from client.sdk.errors import Unreachable
from services.audit.entry_builder import entry_of
from services.audit.log.appender import Appender
from services.audit.log.batches.publisher import Publisher
from services.audit.log.tree.note import CheckpointSigner
from services.audit.log.writer import LogWriter
from shared.bus import Bus
from shared.settings import Settings
from shared.sql.database import Database
from tests.servers.bus import Server, nats_server
from tests.support.audit_log import SALT, event, until


@pytest.fixture
def soc(tmp_path: Path):  # type: ignore[no-untyped-def]
    with nats_server(tmp_path, soc=("ann",)) as server:
        yield server


@asynccontextmanager
async def writing(server: Server) -> AsyncIterator[tuple[Appender, LogKey]]:
    """The audit service's own side of the bus."""
    bus = Bus("audit", server.settings)
    await bus.broker.connect()
    signer = CheckpointSigner(Ed25519PrivateKey.generate())
    async with Database.opened("audit", Settings(home=server.home)) as database:
        publisher = Publisher(database, bus)
        yield (
            Appender(database, LogWriter(database, signer, publisher.publish, 50), publisher, bus),
            LogKey(signer.vkey),
        )
    await bus.broker.stop()


async def reached(mirror: Mirror, count: int) -> list[int]:
    async with asyncio.timeout(10):
        while True:
            found = [number async for number, _ in mirror.replay()]
            if len(found) >= count:
                return found


async def test_the_mirror_holds_every_bundle_and_proves_itself(soc: Server) -> None:
    async with writing(soc) as (log, key), soc.connect("ann", "ann") as client:
        await log.add([entry_of(event(n), SALT) for n in range(500)])
        mirror = Mirror(client)
        assert await reached(mirror, 10) == list(range(1, 11))
        report = Verifier(key, first=1).all([bundle async for _, bundle in mirror.replay()])
        assert (report.records, report.bundles) == (500, 10)
        assert Verifier(key).all([bundle async for _, bundle in mirror.replay(after=6)]).first == 301
    assert soc.errors == []


async def test_what_comes_later_reaches_the_mirror_too(soc: Server) -> None:
    async with writing(soc) as (log, key), soc.connect("ann", "ann") as client:
        verifier = Verifier(key, first=1)
        followed = Mirror(client).follow()
        for n in range(3):
            await log.add([entry_of(event(n), SALT)])
            verifier.add(await asyncio.wait_for(anext(followed), 5))
        assert verifier.finish().size == 3


@pytest.mark.parametrize(
    "subject",
    [
        "$JS.API.STREAM.PURGE.AUDIT_MIRROR", "$JS.API.STREAM.DELETE.AUDIT_MIRROR", "$JS.API.STREAM.UPDATE.AUDIT_MIRROR",
        "$JS.API.STREAM.MSG.DELETE.AUDIT_MIRROR", "$JS.API.CONSUMER.CREATE.AUDIT_MIRROR.bob",
        "$JS.API.CONSUMER.MSG.NEXT.AUDIT_MIRROR.bob", "auditlog.appended.v1", "access.changed.v1", "ask.ann",
        "CORE_JS.CONSUMER.RESET.AUDIT_LOG.soc_mirror", "$JS.FC.AUDIT_LOG.soc_mirror.x", "audit_deliver.soc",
    ],
)  # fmt: skip
async def test_who_reads_the_mirror_can_touch_nothing(soc: Server, subject: str) -> None:
    async with soc.connect("ann", "ann") as client:
        await client.publish(subject, b"{}")
        await client.flush()
        await refused(soc)
    assert f'permissions violation for publish to "{subject.lower()}"' in soc.errors[0].lower()


async def test_who_reads_the_mirror_hears_nothing_of_others(soc: Server) -> None:
    async with soc.connect("ann", "ann") as client:
        await client.subscribe("_INBOX_bob.>")
        await client.flush()
        await refused(soc)
    assert "permissions violation for subscription" in soc.errors[0].lower()


async def test_even_the_accounts_administrator_cannot_purge_it(soc: Server) -> None:
    async with administrator(soc) as client:
        reply = await client.request("$JS.API.STREAM.PURGE.AUDIT_MIRROR", b"", timeout=2)
    assert b"purge not permitted" in reply.data


async def refused(server: Server) -> None:
    await until(lambda: bool(server.errors), 5)


@asynccontextmanager
async def administrator(server: Server) -> AsyncIterator[Client]:
    client = await nats.connect(server.url, nkeys_seed=str(server.seed("socadmin")))
    yield client
    await client.close()


async def test_a_bus_that_is_not_there_is_told_after_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.audit.mirror.QUIET_SECONDS", 0.3)
    with pytest.raises(Unreachable, match="no answer"):
        async with connected(f"nats://127.0.0.1:{free_port()}", "ann", "unused"):
            pass
