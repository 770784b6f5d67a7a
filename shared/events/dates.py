"""Dates as people write them: a day is the server's, and the last day of something is part of it."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import BeforeValidator

TICK = timedelta(microseconds=1)


def day_start(written: object) -> object:
    """A day's first moment; a time without a zone is the server's. What is neither is left to who validates it."""
    return _moment(written, timedelta())


def day_end(written: object) -> object:
    """The same, but a day lasts until the next one begins."""
    return _moment(written, timedelta(days=1))


def last_day(until: datetime) -> date:
    """The last day before a moment, in the zone of this machine."""
    return (until - TICK).astimezone().date()


def _moment(written: object, more: timedelta) -> object:
    if not isinstance(written, str):
        return written
    with suppress(ValueError, OverflowError):
        return datetime.combine(date.fromisoformat(written) + more, time()).astimezone()
    with suppress(ValueError, OverflowError):
        at = datetime.fromisoformat(written)
        return at if at.tzinfo else at.astimezone()
    return written


DayStart = Annotated[datetime, BeforeValidator(day_start)]
DayEnd = Annotated[datetime, BeforeValidator(day_end)]
