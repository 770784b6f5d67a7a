"""Appends every event to the log and answers requests about it."""

import base64
from collections.abc import AsyncIterator

from services.audit.archive.retirement import horizon
from services.audit.context import AuditContext, opened
from services.audit.export.formats import rendered
from services.audit.keeping.handlers import keeping
from services.audit.log.reader import RecordFilter
from services.audit.readers import entry_bundle, micros, permitted, reading, seq_of
from services.audit.reports.monthly import compared
from services.audit.rules.trial import tried
from services.audit.settings import audit_settings
from shared.bus import Bus, Delivery, Service
from shared.errors import NotReady
from shared.events import (
    AuditRead,
    CheckLog,
    Lines,
    LogKeyText,
    LogSeen,
    MonthFigures,
    Proof,
    ProveConsistency,
    ProveInclusion,
    ReadBundles,
    ReadLogKey,
    ReadMonth,
    ReadRecords,
    ReadTile,
    RuleFindings,
    Tile,
    TryRules,
)
from shared.settings import settings

service = Service[AuditContext]("audit")
service.include(keeping)


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[AuditContext]:
    """Opens tables and keys, and shows each second that the log can be written."""
    async with opened(bus, settings(), audit_settings()) as context:
        yield context


@service.consume_batch("QUERIES", "ANSWERS", "DOCUMENTS", "AUDIT", "FAILED", size=lambda: audit_settings().batch)
async def record(batch: list[Delivery], context: AuditContext) -> None:
    """Acknowledged when the records are on the disk, signed and on the stream."""
    await context.record(batch)


@service.publishes(LogSeen)
@service.reply(CheckLog)
async def check_log(request: CheckLog, context: AuditContext) -> LogSeen:
    return await context.state()


@service.publishes(AuditRead)
@service.reply(ReadRecords)
async def read_records(request: ReadRecords, context: AuditContext, bus: Bus) -> Lines:
    right = permitted(request.capability, request.query, context.rights)
    if request.told:
        await bus.publish(reading(right, request))
    wanted = RecordFilter(
        max(request.after, 0),
        request.about,
        request.principal,
        micros(request.since),
        micros(request.until),
        request.kind,
    )
    limit = min(max(request.limit, 1), context.limits.page)
    found, last = await context.reader.records(wanted, limit)
    lines = [rendered(leaf, request.format) for leaf in found] if request.format != "json" else map(bytes.decode, found)
    return Lines(lines="\n".join(lines), last=last, next=seq_of(found[-1]) if found else 0)


@service.reply(ReadBundles)
async def read_bundles(request: ReadBundles, context: AuditContext, bus: Bus) -> Lines:
    right = permitted(request.capability, request.query, context.rights)
    if request.after == 0:
        await bus.publish(AuditRead(principal=right.principal, form="bundles"))
    found, last = await context.reader.bundles(max(request.after, 0))
    return Lines(lines=found.decode(), last=last, next=await horizon(context.database))


@service.reply(ProveInclusion)
async def prove_inclusion(request: ProveInclusion, context: AuditContext) -> Proof:
    permitted(request.capability, request.query, context.rights)
    return await context.reader.inclusion(request.seq, request.size)


@service.reply(ProveConsistency)
async def prove_consistency(request: ProveConsistency, context: AuditContext) -> Proof:
    permitted(request.capability, request.query, context.rights)
    return await context.reader.consistency(request.first, request.size)


@service.reply(ReadTile)
async def read_tile(request: ReadTile, context: AuditContext) -> Tile:
    permitted(request.capability, request.query, context.rights)
    if request.level < 0:
        data = entry_bundle(await context.reader.entries(request.number, request.width))
    else:
        data = await context.reader.tile(request.level, request.number, request.width)
    return Tile(data=base64.b64encode(data).decode())


@service.reply(ReadLogKey)
async def read_log_key(request: ReadLogKey, context: AuditContext) -> LogKeyText:
    return LogKeyText(vkey=context.signer.vkey)


@service.reply(TryRules)
async def try_rules(request: TryRules, context: AuditContext) -> RuleFindings:
    permitted(request.capability, request.query, context.rights)
    times = micros(request.since), micros(request.until)
    return await tried(context.reader, request.rules, context.limits.rules, *times)


@service.reply(ReadMonth)
async def read_month(request: ReadMonth, context: AuditContext) -> MonthFigures:
    permitted(request.capability, request.query, context.rights)
    limits = context.limits
    return await compared(context.reader, request.month, limits.minutes_saved, limits.gpu_price, request.language)


@service.check("log")
async def writable() -> None:
    """The log can be written, and says what was signed."""
    if problem := service.context.appender.problem:
        raise NotReady(problem)
