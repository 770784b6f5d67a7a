"""Appends every event to the log and answers requests about it."""

import base64
import time
from collections.abc import AsyncIterator

from services.audit.archive.retirement import horizon
from services.audit.context import AuditContext, opened
from services.audit.export.formats import rendered
from services.audit.log.reader import RecordFilter
from services.audit.readers import auditor, entry_bundle, micros, permitted, reading, seq_of, subject_of
from services.audit.reports.monthly import compared
from services.audit.rules.trial import tried
from services.audit.settings import audit_settings
from shared.bus import Bus, Delivery, Service
from shared.errors import NotReady
from shared.events import (
    AgreeReading,
    AnswersOf,
    AuditRead,
    CheckLog,
    Content,
    HoldChanged,
    HoldState,
    LegalHolds,
    LiftHold,
    Lines,
    ListReadings,
    LogKeyText,
    LogSeen,
    MonthFigures,
    PersonErased,
    PersonForgotten,
    PlaceHold,
    Proof,
    ProveConsistency,
    ProveInclusion,
    ReadBundles,
    ReadContent,
    ReadHolds,
    ReadingAgreed,
    ReadingRequested,
    Readings,
    ReadingState,
    ReadLogKey,
    ReadMonth,
    ReadRecords,
    ReadTile,
    RuleFindings,
    Subjects,
    Tile,
    TryRules,
)
from shared.settings import settings

service = Service[AuditContext]("audit")


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
    return await compared(context.reader, request.month, limits.minutes_saved, limits.gpu_price)


@service.reply(ReadContent)
@service.publishes(AuditRead, ReadingRequested)
async def read_content(request: ReadContent, context: AuditContext, bus: Bus) -> Content:
    right = auditor(request.capability, request.query, context.rights)
    return await context.reading.read(request.about, request.reason, right.principal, bus)


@service.reply(ListReadings)
async def list_readings(request: ListReadings, context: AuditContext) -> Readings:
    auditor(request.capability, request.query, context.rights)
    return Readings(requests=tuple(await context.agreements.every()))


@service.reply(AgreeReading)
@service.publishes(ReadingAgreed)
async def agree_reading(request: AgreeReading, context: AuditContext, bus: Bus) -> ReadingState:
    right = auditor(request.capability, request.query, context.rights)
    agreed = await context.agreements.agree(request.request, right.principal.id)
    await bus.publish(ReadingAgreed(by=right.principal.id, about=agreed.query, request=agreed.request))
    return agreed


@service.reply(ReadHolds)
async def read_holds(request: ReadHolds, context: AuditContext) -> LegalHolds:
    """The gateway alone may ask; it shows them to auditors and asks before it erases."""
    found = context.holds.every() if request.person is None else context.holds.covering(request.person)
    return LegalHolds(holds=tuple(await found))


@service.reply(AnswersOf)
async def answers_of(request: AnswersOf, context: AuditContext) -> Subjects:
    wanted = RecordFilter(request.after, None, request.person, None, micros(request.before), "answer.")
    found, _ = await context.reader.records(wanted, context.limits.page)
    return Subjects(subjects=tuple(map(subject_of, found)), next=seq_of(found[-1]) if found else 0)


@service.reply(PlaceHold)
@service.publishes(HoldChanged)
async def place_hold(request: PlaceHold, context: AuditContext, bus: Bus) -> HoldState:
    right = permitted(request.capability, request.query, context.rights)
    placed = await context.holds.place(request.about, right.principal.id, request.reason)
    await bus.publish(HoldChanged(about=placed.about, act="place", by=placed.by, reason=placed.reason))
    return placed


@service.reply(LiftHold)
@service.publishes(HoldChanged)
async def lift_hold(request: LiftHold, context: AuditContext, bus: Bus) -> HoldState:
    right = permitted(request.capability, request.query, context.rights)
    lifted = await context.holds.lift(request.about)
    await bus.publish(HoldChanged(about=lifted.about, act="lift", by=right.principal.id, reason=request.reason))
    return lifted


@service.consume(PersonErased, attempts=10_000)
@service.publishes(PersonForgotten)
async def forget(event: PersonErased, context: AuditContext) -> PersonForgotten:
    """The person's key and texts go."""
    before = micros(event.before)
    texts = await context.vault.forget(event.about, before if before is not None else time.time_ns() // 1000)
    return PersonForgotten(about=event.about, owner="audit", counts={"texts": texts})


@service.check("log")
async def writable() -> None:
    """The log can be written, and says what was signed."""
    if problem := service.context.appender.problem:
        raise NotReady(problem)
