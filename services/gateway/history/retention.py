"""Conversations go after their time; those that a legal hold covers stay."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Row

from services.gateway.context import GatewayContext
from shared.events import LegalHolds, ReadHolds

log = logging.getLogger(__name__)
LOOK_SECONDS = 600.0


async def keep_conversations(context: GatewayContext) -> None:
    """Every ten minutes for ever; nothing when CLOISTER_GATEWAY_KEEP_DAYS is 0."""
    while context.settings.keep_days:
        try:
            before = datetime.now(UTC) - timedelta(days=context.settings.keep_days)
            if gone := await retire(context, before):
                log.info("%d conversations are over and gone", gone)
        except Exception as error:  # of the bus or the database; the loop tries again
            log.warning("old conversations could not be retired and are tried again: %r", error)
        await asyncio.sleep(LOOK_SECONDS)


async def retire(context: GatewayContext, before: datetime) -> int:
    """How many conversations without a turn since then went."""
    rows = await context.history.old(before)
    holds: LegalHolds = await context.bus.request(ReadHolds())
    held = {one.about for one in holds.holds}
    kept = {(row.principal, row.conversation) for row in rows if not held.isdisjoint(_names(row))}
    gone = {(row.principal, row.conversation) for row in rows} - kept
    for principal, conversation in sorted(gone):
        await context.history.remove(principal, conversation)
    if gone:
        await context.database.scrub()
    return len(gone)


def _names(row: Row[Any, Any, Any, Any]) -> Iterable[str]:
    """What a hold on a turn may be about."""
    yield row.principal
    if row.query:
        yield f"query:{row.query}"
        yield from (f"workspace:{name}" for name in orjson.loads(row.workspaces))
