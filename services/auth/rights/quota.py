"""Checks opening hours and daily limits before a question is admitted."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from services.auth.accounts.directory import App, Directory, Person
from services.auth.rights.limits import Limit
from services.auth.tables import calls
from shared.errors import Refused, Values
from shared.events import Allowance
from shared.sql.database import Database


class Quota:
    """Counts the questions of those who have a daily limit; others cost nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spend(self, directory: Directory, asking: Iterable[Person | App]) -> Allowance | None:
        """`Refused` (429) with the time it opens again; else the question counts for each that asks.

        What is left of the tighter limit, None for those who have no limit.
        """
        if not directory.limits:
            return None
        now = datetime.now(UTC)
        each = [(who, [directory.limits[name] for name in who.holders if name in directory.limits]) for who in asking]
        for _, limits in each:
            must_be_open(limits, now)
        left = []
        for who, limits in each:
            if daily := [limit for limit in limits if limit.daily is not None]:
                left.append(await self._count(who.principal.id, min(daily, key=lambda limit: limit.daily or 0), now))
        return min(left, key=lambda allowance: allowance.left, default=None)

    async def _count(self, principal: str, limit: Limit, now: datetime) -> Allowance:
        most, day = limit.daily or 0, limit.day(now)
        mine = (calls.c.principal == principal) & (calls.c.day == day)
        more = update(calls).where(mine, calls.c.number < most).values(number=calls.c.number + 1)
        more = more.returning(calls.c.number)
        again = limit.next_day(now)
        try:
            async with self._database.transaction() as connection:
                number = (await connection.execute(more)).scalar()
                if number is None and most:
                    await connection.execute(calls.insert().values(principal=principal, day=day, number=1))
                    number = 1
            if number is not None:
                return Allowance(daily=most, left=most - number, renewed_at=again)
        except IntegrityError:
            pass  # the row is there, so the day's number is used up
        words = (
            f"The {most} questions a day of {limit.holder} are used up. Ask again from {_next_time(again, limit)} on."
        )
        values: Values = {"questions": most, "again": again.isoformat()}
        raise Refused("daily_limit", words, 429, (again - now).total_seconds(), values)


def must_be_open(limits: Iterable[Limit], now: datetime) -> None:
    """`Refused` (429) outside of the hours of any of them."""
    closed = [(again, limit) for limit in limits if (again := limit.opens_again(now))]
    if closed:
        again, limit = max(closed, key=lambda one: one[0])
        words = f"Questions of {limit.holder} are taken from {_next_time(again, limit)}. Ask again then."
        raise Refused("closed", words, 429, (again - now).total_seconds(), {"again": again.isoformat()})


def _next_time(again: datetime, limit: Limit) -> str:
    return f"{again:%Y-%m-%d %H:%M} ({limit.zone})"
