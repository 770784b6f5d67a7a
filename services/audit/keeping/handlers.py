"""Answers auditors about kept texts, places legal holds, and forgets persons."""

import time

from services.audit.context import AuditContext
from services.audit.log.reader import RecordFilter
from services.audit.readers import auditor, micros, permitted, seq_of, subject_of
from shared.bus import Bus, Service
from shared.events import (
    AgreeReading,
    AnswersOf,
    AuditRead,
    Content,
    HoldChanged,
    HoldState,
    LegalHolds,
    LiftHold,
    ListReadings,
    PersonErased,
    PersonForgotten,
    PlaceHold,
    ReadContent,
    ReadHolds,
    ReadingAgreed,
    ReadingRequested,
    Readings,
    ReadingState,
    Subjects,
)

keeping = Service[AuditContext]("audit")


@keeping.reply(ReadContent)
@keeping.publishes(AuditRead, ReadingRequested)
async def read_content(request: ReadContent, context: AuditContext, bus: Bus) -> Content:
    right = auditor(request.capability, request.query, context.rights)
    return await context.reading.read(request.about, request.reason, right.principal, bus)


@keeping.reply(ListReadings)
async def list_readings(request: ListReadings, context: AuditContext) -> Readings:
    auditor(request.capability, request.query, context.rights)
    return Readings(requests=tuple(await context.agreements.every()))


@keeping.reply(AgreeReading)
@keeping.publishes(ReadingAgreed)
async def agree_reading(request: AgreeReading, context: AuditContext, bus: Bus) -> ReadingState:
    right = auditor(request.capability, request.query, context.rights)
    agreed = await context.agreements.agree(request.request, right.principal.id)
    await bus.publish(ReadingAgreed(by=right.principal.id, about=agreed.query, request=agreed.request))
    return agreed


@keeping.reply(ReadHolds)
async def read_holds(request: ReadHolds, context: AuditContext) -> LegalHolds:
    """The gateway alone may ask; it shows them to auditors and asks before it erases."""
    found = context.holds.every() if request.person is None else context.holds.covering(request.person)
    return LegalHolds(holds=tuple(await found))


@keeping.reply(AnswersOf)
async def answers_of(request: AnswersOf, context: AuditContext) -> Subjects:
    wanted = RecordFilter(request.after, None, request.person, None, micros(request.before), "answer.")
    found, _ = await context.reader.records(wanted, context.limits.page)
    return Subjects(subjects=tuple(map(subject_of, found)), next=seq_of(found[-1]) if found else 0)


@keeping.reply(PlaceHold)
@keeping.publishes(HoldChanged)
async def place_hold(request: PlaceHold, context: AuditContext, bus: Bus) -> HoldState:
    right = permitted(request.capability, request.query, context.rights)
    placed = await context.holds.place(request.about, right.principal.id, request.reason)
    await bus.publish(HoldChanged(about=placed.about, act="place", by=placed.by, reason=placed.reason))
    return placed


@keeping.reply(LiftHold)
@keeping.publishes(HoldChanged)
async def lift_hold(request: LiftHold, context: AuditContext, bus: Bus) -> HoldState:
    right = permitted(request.capability, request.query, context.rights)
    lifted = await context.holds.lift(request.about)
    await bus.publish(HoldChanged(about=lifted.about, act="lift", by=right.principal.id, reason=request.reason))
    return lifted


@keeping.consume(PersonErased, attempts=10_000)
@keeping.publishes(PersonForgotten)
async def forget(event: PersonErased, context: AuditContext) -> PersonForgotten:
    """The person's key and texts go."""
    before = micros(event.before)
    texts = await context.vault.forget(event.about, before if before is not None else time.time_ns() // 1000)
    return PersonForgotten(about=event.about, owner="audit", counts={"texts": texts})
