"""Fields of limits, topic rules, and acts on users and keys."""

from collections.abc import Sequence
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from services.auth.accounts.schemas import Fields, Group, Holder, Username

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Use a time such as 08:00.")]
WORDS = "Send a list of up to 500 words."


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is no time zone") from error
    return name


def _words(given: Sequence[str]) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word.strip() for word in given))
    if not all(words) or any(len(word) > 100 for word in words):
        raise ValueError("holds an empty or overlong word")
    return words


class LimitFields(Fields):
    to: Holder
    daily: int | None = Field(None, ge=0, le=1_000_000, description="Use a number of questions a day.")
    opens: Clock | None = Field(None, description="Use a time such as 08:00.")
    closes: Clock | None = Field(None, description="Use a time such as 18:00.")
    days: tuple[Day, ...] = Field((), description="Use a list of mon, tue, wed, thu, fri, sat and sun.")
    zone: Annotated[str, AfterValidator(_zone)] = Field(
        "UTC", max_length=64, description="Use a time zone's name such as Asia/Shanghai."
    )

    @model_validator(mode="after")
    def limits_something(self) -> "LimitFields":
        if self.daily is None and self.opens is None and self.closes is None and not self.days:
            raise ValueError("limits nothing: send `daily`, `opens`, `closes` or `days`")
        return self


class TopicFields(Fields):
    group: Group
    allow: Annotated[tuple[str, ...], AfterValidator(_words)] = Field((), max_length=500, description=WORDS)
    deny: Annotated[tuple[str, ...], AfterValidator(_words)] = Field((), max_length=500, description=WORDS)


class OffboardFields(Fields):
    to: Username | None = Field(None, description="Use the name of who takes over, or leave it out.")
    keep_keys: bool = Field(False, description="Use true to leave the secrets of their keys valid.")


class RotateFields(Fields):
    hours: float = Field(24, ge=0, le=24 * 30, description="Use the hours for which the old secret stays valid.")


class ApplyFields(Fields):
    to: Username


class NoFields(Fields):
    """Nothing is asked for."""
