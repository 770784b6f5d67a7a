"""`python -m infra.provision` creates tables, streams and consumers before the services start.

`python -m infra.provision wait SERVICE` creates nothing, and exits once those of the service exist.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from functools import partial

from infra.tables import OWNERS, find_tables, make_tables
from shared.bus import Bus
from shared.errors import NotReady
from shared.security.privacy import keep_private
from shared.settings import Settings, settings
from shared.streams import apply, consumers_of
from shared.telemetry import log_as_json

log = logging.getLogger("cloister")
PAUSE = 2.0  # seconds between two tries


def main() -> int:
    """Exit code 0 when everything exists; retries while the bus or the database is away. 78 if a key is missing."""
    keep_private()
    parser = argparse.ArgumentParser(prog="python -m infra.provision", description=__doc__)
    actions = parser.add_subparsers(dest="action")
    actions.add_parser("wait").add_argument("service")
    given = parser.parse_args()
    try:
        loaded = settings()
        log_as_json(loaded.log_level)
        asyncio.run(wait(given.service, loaded) if given.action else provision(loaded))
    except NotReady as error:
        log.critical("%s", error)
        return 78
    return 0


async def provision(settings: Settings) -> None:
    """Create tables first: where the consumers exist, everything exists."""
    for owner in OWNERS:
        await _wait_until(f"the tables of {owner}", partial(make_tables, owner, settings))
    await _wait_until("the streams", partial(_make_streams, settings))


async def wait(service: str, settings: Settings) -> None:
    """Check with the service's own rights."""
    if service in OWNERS:
        await _wait_until(f"the tables of {service}", partial(find_tables, service, settings))
    bus = Bus(service, settings)
    await bus.broker.connect()
    find = bus.jetstream.consumer_info
    for consumer in consumers_of(service):
        await _wait_until(
            f"the consumer {consumer.name} on {consumer.stream}", partial(find, consumer.stream, consumer.name)
        )
    await bus.broker.stop()


async def _make_streams(settings: Settings) -> None:
    for line in await apply(settings.bus_url, settings.keys_dir / "bus" / "provisioner.seed"):
        log.info("%s", line)


async def _wait_until(what: str, attempt: Callable[[], Awaitable[object]]) -> None:
    """Retry until `attempt` succeeds, and log why it fails."""
    reported = ""
    while True:
        try:
            await attempt()
            break
        except Exception as problem:  # drivers of databases and of NATS raise many types; each is logged and retried
            if reported != (reported := str(problem).split("\n")[0] or type(problem).__name__):
                log.warning("waiting for %s: %s", what, reported)
            await asyncio.sleep(PAUSE)
    log.info("%s: there", what)


if __name__ == "__main__":
    sys.exit(main())
