"""A rule as declared in a file: records, counter, window, threshold and act."""

import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from shared.errors import NotReady

SPAN = re.compile(r"(\d+)\s*([smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
BUILT_IN = Path(__file__).with_name("default.toml")
Act = Literal["note", "alert", "ban", "lock"]


def seconds(text: Any) -> Any:
    """`10m` in seconds."""
    found = SPAN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{text!r} is no span of time. Use a number and s, m, h or d, such as 10m.")
    return int(found[1]) * SECONDS[found[2]]


class Rule(BaseModel):
    """`subject` is the beginning of subjects, `where` values of facts.

    Counted are records, the different values of the field `distinct`, or the sum of the fact `sum`. `times_habit`
    compares with the same person's earlier windows as well.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")
    why: str = ""
    subject: str
    where: dict[str, Any] = Field(default_factory=dict)
    by: Literal["principal", "address"] = "principal"
    distinct: str | None = None
    sum: str | None = None
    window: int
    above: float = Field(ge=0)
    times_habit: float | None = Field(None, gt=1)
    hours: str | None = Field(None, pattern=r"^\d\d:\d\d-\d\d:\d\d$")
    zone: str = "UTC"
    act: Act = "alert"
    ban: int = 1800
    enabled: bool = True

    _window = field_validator("window", "ban", mode="before")(seconds)

    def takes(self, record: dict[str, Any], at: datetime) -> bool:
        """Whether this record counts."""
        if not record["subject"].startswith(self.subject):
            return False
        if self.where and not self.where.items() <= (record.get("facts") or {}).items():
            return False
        return self.hours is None or self._inside(self.hours, at)

    def _inside(self, hours: str, at: datetime) -> bool:
        first, last = hours.split("-")
        here = at.astimezone(ZoneInfo(self.zone))
        now = f"{here.hour:02}:{here.minute:02}"
        return first <= now < last if first < last else now >= first or now < last

    def key(self, record: dict[str, Any]) -> str:
        """Of whom."""
        return str((record.get("origin") or {}).get("address", "")) if self.by == "address" else record["principal"]

    def amount(self, record: dict[str, Any]) -> tuple[float, str]:
        """How much it adds, and the value that must be a new one to count."""
        facts = record.get("facts") or {}
        if self.sum:
            return float(facts.get(self.sum) or 0), ""
        return 1.0, str(record.get(self.distinct) or facts.get(self.distinct) or "") if self.distinct else ""


def read_rules(path: Path | None = None) -> tuple[Rule, ...]:
    """The rules of a file, or those that are on by default; NotReady names the first mistake."""
    place = path or BUILT_IN
    try:
        given = tomllib.loads(place.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise NotReady(f"The rules {place} cannot be read ({error}). Correct the file, or unset it.") from error
    return parse_rules(given, str(place))


def parse_rules(given: dict[str, Any], place: str) -> tuple[Rule, ...]:
    """Those that are enabled; NotReady names the first mistake."""
    try:
        rules = tuple(Rule.model_validate(rule) for rule in given.get("rule", []))
    except ValidationError as error:
        first = error.errors()[0]
        words = f"{place}: {'.'.join(map(str, first['loc']))}={first.get('input')!r}: {first['msg']}. Correct it."
        raise NotReady(words) from error
    return tuple(rule for rule in rules if rule.enabled)
