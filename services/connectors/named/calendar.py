"""Calendar arithmetic: months, quarters and weeks as half-open intervals."""

import calendar
from datetime import datetime, timedelta
from typing import Literal

Unit = Literal["year", "quarter", "month", "week", "day", "hour"]
Interval = tuple[datetime, datetime]
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def months(year: int, month: int, count: int = 1) -> Interval:
    """`count` months from the first of `month`, which may be outside of 1 to 12."""
    return _first(year * 12 + month - 1), _first(year * 12 + month - 1 + count)


def whole(now: datetime, unit: Unit, offset: int) -> Interval:
    """The unit that holds `now`, moved by `offset` units."""
    if unit in MONTHS:
        size = MONTHS[unit]
        start = (now.year * 12 + now.month - 1) // size * size + offset * size
        return _first(start), _first(start + size)
    if unit == "hour":
        start_hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=offset)
        return start_hour, start_hour + timedelta(hours=1)
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days, start_day = (7, day - timedelta(day.weekday())) if unit == "week" else (1, day)
    return start_day + timedelta(days * offset), start_day + timedelta(days * (offset + 1))


def until(now: datetime, count: float, unit: Unit) -> Interval:
    """The last `count` units up to `now`."""
    if unit in ("hour", "day", "week"):
        hours = {"hour": 1, "day": 24, "week": 168}[unit]
        return now - timedelta(hours=count * hours), now
    year, month = divmod(now.year * 12 + now.month - 1 - round(count * MONTHS[unit]), 12)
    last = calendar.monthrange(year, month + 1)[1]
    return now.replace(year=year, month=month + 1, day=min(now.day, last)), now


def _first(number: int) -> datetime:
    return datetime(number // 12, number % 12 + 1, 1)
