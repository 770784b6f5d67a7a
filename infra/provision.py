"""`python -m infra.provision` makes what must be there before a service starts: tables, streams and consumers.

`python -m infra.provision wait SERVICE` makes nothing, and ends when that service's own are there.
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
    """Exit code 0 when all is there; tries as long as the bus or the database is away. 78 when a key or file is."""
    keep_private()
    parser = argparse.ArgumentParser(prog="python -m infra.provision", description=__doc__)
    acts = parser.add_subparsers(dest="act")
    acts.add_parser("wait").add_argument("service")
    given = parser.parse_args()
    try:
        here = settings()
        log_as_json(here.log_level)
        asyncio.run(wait(given.service, here) if given.act else provision(here))
    except NotReady as error:
        log.critical("%s", error)
        return 78
    return 0


async def provision(here: Settings) -> None:
    """Tables first: where the consumers are, the rest is too."""
    for owner in OWNERS:
        await _until(f"the tables of {owner}", partial(make_tables, owner, here))
    await _until("the streams", partial(_make_streams, here))


async def wait(service: str, here: Settings) -> None:
    """Looks with the service's own rights."""
    if service in OWNERS:
        await _until(f"the tables of {service}", partial(find_tables, service, here))
    bus = Bus(service, here)
    await bus.broker.connect()
    find = bus.jetstream.consumer_info
    for consumer in consumers_of(service):
        await _until(
            f"the consumer {consumer.name} on {consumer.stream}", partial(find, consumer.stream, consumer.name)
        )
    await bus.broker.stop()


async def _make_streams(here: Settings) -> None:
    for line in await apply(here.bus_url, here.keys_dir / "bus" / "provisioner.seed"):
        log.info("%s", line)


async def _until(what: str, attempt: Callable[[], Awaitable[object]]) -> None:
    """Whatever is away comes back, or an operator reads here what is missing."""
    said = ""
    while True:
        try:
            await attempt()
            break
        except Exception as problem:
            if said != (said := str(problem).split("\n")[0] or type(problem).__name__):
                log.warning("waiting for %s: %s", what, said)
            await asyncio.sleep(PAUSE)
    log.info("%s: there", what)


if __name__ == "__main__":
    sys.exit(main())
