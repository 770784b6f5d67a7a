"""Scheduled questions after an outage, on a real bus: what was missed comes once, then the clock goes on."""

import asyncio
import time
from pathlib import Path

from nats.aio.client import Client
from nats.errors import TimeoutError as NothingThere

from services.connectors.schedules.asking import Schedules
from services.connectors.schedules.delivering import Deliverer
from services.connectors.schedules.repository import ScheduleRepository
from services.connectors.settings import ConnectorSettings
from shared.settings import Settings
from shared.sql.database import Database
from tests.servers.bus import Server, bus
from tests.services.connectors.running import right
from tests.services.connectors.test_schedules import Bus, wanted

__all__ = ["bus"]
STEP = 3  # seconds between two moments


async def set_clock(client: Client, name: str) -> None:
    headers = {"Nats-Schedule": f"*/{STEP} * * * * *", "Nats-Schedule-Target": f"due.{name}"}
    await client.jetstream().publish(f"sched.{name}", b'{"schedule": "x"}', headers=headers)


async def due(client: Client, seconds: float) -> list[tuple[int, float]]:
    """Sequence and time of what is due, acknowledged."""
    durable = await client.jetstream().pull_subscribe_bind("connectors-due", stream="SCHEDULES")
    try:
        found = await durable.fetch(50, timeout=seconds)
    except NothingThere:
        return []
    for message in found:
        await message.ack()
    return [(message.metadata.sequence.stream, message.metadata.timestamp.timestamp()) for message in found]


async def until_after_a_moment() -> None:
    """The middle between two moments, so that the next is as far as it can be."""
    await asyncio.sleep((STEP / 2 - time.time()) % STEP)


async def test_moments_missed_while_the_bus_was_down_come_once(bus: Server) -> None:
    async with bus.connect("connectors") as client:
        await set_clock(client, "weekly")
        assert await due(client, 2 * STEP)
        await until_after_a_moment()
    bus.stop()
    down = time.time()
    await asyncio.sleep(3 * STEP)  # three moments go by
    bus.restart()
    async with bus.connect("connectors") as client:
        found = await due(client, STEP / 4)
        late = [moment for _, moment in found if moment > down]
        assert len(late) == 1, "three were missed, one comes"
        assert (await due(client, 2 * STEP))[0][1] % STEP < 1, "then on its own grid again"


async def test_moments_that_nobody_took_come_once_and_are_asked_once(bus: Server, tmp_path: Path) -> None:
    database, admits = Database("connectors", Settings(home=tmp_path)), Bus()
    await database.migrate()
    schedules = Schedules(admits, ScheduleRepository(database), Deliverer(ConnectorSettings(), tmp_path))  # type: ignore[arg-type]
    made = await schedules.make(wanted(), right("person:alice"))
    async with bus.connect("connectors") as client:
        await set_clock(client, made.schedule_id)
        await asyncio.sleep(3 * STEP)  # connectors is away for three moments
        await until_after_a_moment()
        found = await due(client, STEP / 4)
    assert len(found) == 1
    asked = [await schedules.due(made.schedule_id, str(sequence)) for sequence, _ in found * 2]
    assert [one is not None for one in asked] == [True, False], "the same moment told twice is asked once"
    await database.close()
