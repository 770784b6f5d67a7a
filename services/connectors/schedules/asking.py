"""A moment or a signal becomes a question, once; its answer is delivered."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from services.connectors.schedules.cron import for_bus, moments
from services.connectors.schedules.delivering import Deliverer
from services.connectors.schedules.repository import ScheduleRepository
from shared.bus import Bus
from shared.errors import Refused, Unavailable
from shared.events import (
    AdmitOwner,
    MakeSchedule,
    QueryAnswered,
    QueryAsked,
    ScheduleSet,
    ScheduleState,
    query_id,
)
from shared.security.capability import Right

log = logging.getLogger(__name__)
CLIENT = "connectors"
HOURS, MOST = 4, 50  # until a scheduled question is given up; schedules of one owner


class Schedules:
    """`bus` keeps the clock: a schedule is one of its messages."""

    def __init__(self, bus: Bus, kept: ScheduleRepository, deliverer: Deliverer) -> None:
        self._bus, self._kept, self._deliverer = bus, kept, deliverer

    async def make(self, request: MakeSchedule, right: Right) -> ScheduleState:
        """Kept and set. `Refused` (422) names what is wrong with it."""
        owner, now = right.principal.id, datetime.now(UTC)
        moments(request.cron, request.timezone, now)
        if not request.question.strip():
            raise Refused("empty_question", "The question is empty. Write what is to be asked in `question`.", 422)
        for delivery in request.delivery:
            self._deliverer.check(delivery, owner)
        if len(await self._kept.owned_by(owner)) >= MOST:
            raise Refused("too_many_schedules", f"You have {MOST} schedules. Remove one first.", 422)
        row = request.model_dump(include={"title", "question", "cron", "timezone"}) | {
            "schedule_id": uuid4().hex,
            "owner": owner,
            "workspace": request.workspace or "",
            "paused": False,
            "delivery": list(request.delivery),
            "created_at": now,
        }
        await self._kept.add(row)
        headers = {
            "Nats-Schedule": for_bus(request.cron),
            "Nats-Schedule-Target": f"due.{row['schedule_id']}",
            "Nats-Schedule-Time-Zone": request.timezone,
        }
        await self._bus.publish(ScheduleSet(schedule=row["schedule_id"]), headers=headers)
        return await self.state(row)

    async def remove(self, schedule_id: str, right: Right) -> ScheduleState:
        """`Refused` (404) for one that is not there or not one's own."""
        row = await self._kept.get(schedule_id)
        if row is None or row["owner"] != right.principal.id:
            raise Refused("schedule_not_found", "There is no such schedule, or it is not yours.", 404)
        await self._kept.remove(schedule_id)
        await self._bus.purge("SCHEDULES", f"sched.{schedule_id}")
        return await self.state(row)

    async def forget(self, owner: str, before: datetime) -> dict[str, int]:
        """Schedules that somebody made before then, their runs and the files of their answers; how many of each."""
        rows = [row for row in await self._kept.owned_by(owner) if row["created_at"] < before]
        files = 0
        for row in rows:
            files += await self._deliverer.forget(await self._kept.forget(row["schedule_id"]))
            await self._bus.purge("SCHEDULES", f"sched.{row['schedule_id']}")
        await self._kept.scrub()
        return {"schedules": len(rows), "reports": files}

    async def state(self, row: dict[str, Any]) -> ScheduleState:
        """With its next moments and its last run."""
        last = await self._kept.last(row["schedule_id"]) or {}
        fields = {name: row[name] for name in ("schedule_id", "owner", "title", "question", "cron", "timezone")}
        return ScheduleState(
            **fields,
            workspace=row["workspace"] or None,
            delivery=tuple(row["delivery"]),
            next=moments(row["cron"], row["timezone"], datetime.now(UTC)),
            last_state=last.get("state"),
            last_query=last.get("query"),
            last_error=last.get("error"),
        )

    async def owned_by(self, right: Right) -> tuple[ScheduleState, ...]:
        return tuple([await self.state(row) for row in await self._kept.owned_by(right.principal.id)])

    async def due(self, schedule_id: str, occasion: str) -> QueryAsked | None:
        """The question of this moment, once; None when it was asked already or the schedule is gone."""
        row = await self._kept.get(schedule_id)
        if row is None:
            return None
        owner = str(row["owner"])
        client = owner.removeprefix("app:") if owner.startswith("app:") else CLIENT
        query = query_id(client, f"schedule:{schedule_id}:{occasion}")
        if not await self._kept.begin(schedule_id, occasion, query):
            return None
        try:
            asked = await asked_for(self._bus, owner, client, query, row["question"], row["workspace"] or None)
        except Unavailable:
            raise
        except Refused as refused:
            log.warning("the schedule %s is not asked: %s", schedule_id, refused.error)
            await self._kept.mark(query, "failed", refused.error)
            return None
        await self._kept.mark(query, "asked")
        return asked

    async def answered(self, answer: QueryAnswered) -> None:
        """Deliver it. Each place is told again when another fails: webhooks by the same id, files by the same name."""
        run = await self._kept.run_of(answer.query)
        row = await self._kept.get(run["schedule_id"]) if run else None
        if run is None or row is None or run["state"] == "delivered":
            return
        try:
            for delivery in row["delivery"]:
                await self._deliverer.deliver(delivery, row["title"], answer)
        except Unavailable:
            raise
        except Refused as refused:
            await self._kept.mark(answer.query, "failed", refused.error)
            return
        await self._kept.mark(answer.query, "delivered" if answer.error is None else "failed", answer.error)


async def asked_for(
    bus: Bus, owner: str, client: str, query: str, question: str, workspace: str | None, **more: Any
) -> QueryAsked:
    """A question under the rights that its owner has now; `Refused` when there are none any more."""
    now = datetime.now(UTC)
    until = now + timedelta(hours=HOURS)
    admitted = await bus.request(AdmitOwner(query=query, owner=owner, workspace=workspace, expires_at=until))
    return QueryAsked(
        query=query,
        client=client,
        principal=admitted.principal,
        capability=admitted.capability,
        question=question,
        workspace=workspace,
        lane="batch",
        expires_at=min(until, admitted.expires_at),
        asked_at=now,
        **more,
    )
