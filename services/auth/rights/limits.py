"""Opening hours and daily limits of groups, roles, people and business systems."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = range(-1, 8)  # yesterday's hours may reach into today


@dataclass(frozen=True, slots=True)
class Limit:
    """For `holder`: at most `daily` questions a day each, from `opens` to `closes` on `days`, by the clock of `zone`.

    Hours are `HH:MM`; `closes` before `opens` is on the next day. None and no days mean no limit of that kind.
    """

    holder: str
    daily: int | None = None
    opens: str | None = None
    closes: str | None = None
    days: tuple[str, ...] = ()
    zone: str = "UTC"

    def opens_again(self, now: datetime) -> datetime | None:
        """When it opens next; None while it is open."""
        today = now.astimezone(ZoneInfo(self.zone)).date()
        week = (today + timedelta(days=days) for days in WEEK)
        hours = [self._hours(day) for day in week if self._works(day)]
        if any(start <= now < end for start, end in hours):
            return None
        return min(start for start, _ in hours if start > now)

    def day(self, now: datetime) -> str:
        """The day that a question of now counts to."""
        return now.astimezone(ZoneInfo(self.zone)).date().isoformat()

    def next_day(self, now: datetime) -> datetime:
        """When the next day begins."""
        return self._at(now.astimezone(ZoneInfo(self.zone)).date() + timedelta(days=1), "00:00")

    def _works(self, day: date) -> bool:
        return not self.days or DAYS[day.weekday()] in self.days

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        opens, closes = self.opens or "00:00", self.closes or "00:00"
        return self._at(day, opens), self._at(day if closes > opens else day + timedelta(days=1), closes)

    def _at(self, day: date, clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(self.zone))
