"""A day is the server's, and the last day of something is part of it."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from pydantic import BaseModel, ValidationError

from shared.events import DayEnd, DayStart, last_day


class Written(BaseModel):
    start: DayStart | None = None
    end: DayEnd | None = None


@pytest.fixture(autouse=True)
def shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_day_begins_and_ends_at_midnight_of_the_servers_zone() -> None:
    day = Written.model_validate({"start": "2026-07-01", "end": "2026-07-01"})
    assert day.start == datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert day.end == datetime(2026, 7, 1, 16, tzinfo=UTC), "the day itself is included"
    assert last_day(datetime(2026, 7, 1, 16, tzinfo=UTC)) == date(2026, 7, 1)


def test_a_time_without_a_zone_is_the_servers_and_one_with_a_zone_its_own() -> None:
    times = Written.model_validate({"start": "2026-07-01T08:00", "end": "2026-07-01T08:00:00Z"})
    assert times.start == datetime(2026, 7, 1, 0, tzinfo=UTC)
    assert times.end == datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["soon", "2026-13-01", "9999-12-32", ""])
def test_what_is_no_date_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Written.model_validate({"end": wrong})
