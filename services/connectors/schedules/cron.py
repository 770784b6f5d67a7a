"""Cron expressions with a time zone: checked, previewed, and in the six fields of the bus."""

from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from shared.errors import Refused

PREVIEW = 3


def moments(cron: str, timezone: str, after: datetime, count: int = PREVIEW) -> tuple[datetime, ...]:
    """The next moments, in UTC. `Refused` (422) names the field that is wrong."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        words = f"The field 'timezone' cannot be {timezone[:40]!r}. Use a name like Asia/Shanghai."
        raise Refused("invalid", words, 422) from error
    try:
        if len(cron.split()) != 5:
            raise CronSimError("it has not five fields")
        found = tuple(moment.astimezone(UTC) for moment in islice(CronSim(cron, after.astimezone(zone)), count))
    except CronSimError as error:
        words = (
            f"The field 'cron' cannot be {cron[:40]!r} ({error}). Write minute hour day month weekday: `30 8 * * 1`."
        )
        raise Refused("invalid", words, 422) from error
    if not found:
        raise Refused("invalid", f"The field 'cron' {cron[:40]!r} never comes. Correct it.", 422)
    return found


def for_bus(cron: str) -> str:
    """With seconds in front, as the server of the bus wants it."""
    return f"0 {cron}"
