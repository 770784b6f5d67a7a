"""Releases the messages of a worker whose connection the server reports as closed."""

import json
import logging

from services.dispatch.scheduler import Scheduler
from shared.bus import Bus, Delivery

log = logging.getLogger(__name__)
DISCONNECTED = "$SYS.ACCOUNT.CORE.DISCONNECT"
NAK = b"-NAK"


async def reap(advisory: Delivery, scheduler: Scheduler, bus: Bus) -> None:
    """Without it a dead worker's questions wait for the rest of `ack_wait`."""
    connection = json.loads(advisory.data).get("client", {}).get("name", "")
    held = scheduler.lost(connection)
    for subject in held:
        await bus.send(subject, NAK)
    if held:
        log.warning("worker %s is gone; %d questions go to another", connection, len(held))
