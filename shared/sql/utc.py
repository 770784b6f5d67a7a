"""The SQL column type of times: UTC in every database."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator


class Utc(TypeDecorator[datetime]):
    """Takes and gives `datetime` with a zone. SQLite keeps none: what it holds is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """`ValueError` for a moment without a zone: nobody knows when that is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the moment {value.isoformat()} has no zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def epoch(moment: datetime | None) -> int | None:
    """Whole seconds since 1970, as tokens and callers know them."""
    return None if moment is None else int(moment.timestamp())


def moment(seconds: float | None) -> datetime | None:
    """The other way."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
