"""A fold over a month's records: questions, people, times, outcomes, costs and where it was asked."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from services.audit.log.reader import LogReader, RecordFilter
from services.audit.readers import instant
from shared.events import MonthFigures

PAGE = 1000
TOP = 10
NOT_FOUND = {"not_found", "no_evidence", "nothing_found"}
Record = Mapping[str, Any]


class Month:
    """Counts as records come. Each stream is in order; across streams an answer may come before its question."""

    def __init__(self) -> None:
        self._asked: dict[str, tuple[float, str]] = {}
        self._ready: dict[str, float] = {}
        self._answers: dict[str, tuple[float, Mapping[str, Any]]] = {}
        self._seconds: list[float] = []
        self._gpu: defaultdict[str, float] = defaultdict(float)
        self._days: Counter[str] = Counter()
        self._departments: Counter[str] = Counter()
        self._topics: Counter[str] = Counter()
        self._documents: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()
        self._people: set[str] = set()
        self._plain: set[str] = set()

    def add(self, record: Record) -> None:
        """One record; kinds that do not matter here are passed over."""
        at = datetime.fromisoformat(record["at"].replace("Z", "+00:00"))
        facts, subject = record.get("facts") or {}, record["subject"]
        if facts.get("purpose") == "helper":
            return  # a front end's prompt for a title is nobody's question
        if subject.startswith("query.asked."):
            self._question(record, facts, at)
        elif subject.startswith("query.grounded."):
            self._topics.update(facts.get("workspaces") or ())
            self._documents.update({passage.split(":")[0] for passage in facts.get("passages") or ()})
        elif subject.startswith("query.ready."):
            self._ready[record["about"]] = at.timestamp()
        elif subject.startswith("answer."):
            self._answers[record["about"]] = at.timestamp(), facts

    def _question(self, record: Record, facts: Mapping[str, Any], at: datetime) -> None:
        department = str(facts.get("department") or "none")
        self._asked[record["about"]] = (at.timestamp(), department)
        if facts.get("plain"):
            self._plain.add(record["about"])
        self._people.add(record["principal"])
        self._departments[department] += 1
        self._days[at.strftime("%Y-%m-%d")] += 1

    def _answered(self, query: str, asked: float, department: str) -> None:
        at, facts = self._answers[query]
        reason = facts.get("reason")
        # A plain answer has nothing to cite.
        answered = "answered" if facts.get("citations") or query in self._plain else "not_found"
        self._outcomes["refused" if reason and reason not in NOT_FOUND else "not_found" if reason else answered] += 1
        if not reason:
            self._seconds.append(at - asked)
        if query in self._ready:
            self._gpu[department] += at - self._ready[query]

    def figures(self, minutes_saved: float, price: float) -> dict[str, Any]:
        """As JSON, once; seconds, hours, and money in the currency of `price` (of an hour of GPU)."""
        for query, (asked, department) in self._asked.items():
            if query in self._answers:
                self._answered(query, asked, department)
        seconds = sorted(self._seconds)
        return {
            "questions": sum(self._departments.values()),
            "people": len(self._people),
            "departments": dict(self._departments.most_common()),
            "days": dict(sorted(self._days.items())),
            "outcomes": {name: self._outcomes[name] for name in ("answered", "not_found", "refused")},
            "response_seconds": {"p50": _at(seconds, 0.5), "p95": _at(seconds, 0.95)},
            "hours_saved": round(self._outcomes["answered"] * minutes_saved / 60, 1),
            "gpu_seconds": {name: round(spent, 1) for name, spent in sorted(self._gpu.items())},
            "costs": {name: round(spent / 3600 * price, 2) for name, spent in sorted(self._gpu.items())},
            "workspaces": dict(self._topics.most_common(TOP)),
            "documents": dict(self._documents.most_common(TOP)),
        }


def _at(values: list[float], share: float) -> float | None:
    return round(values[min(int(len(values) * share), len(values) - 1)], 2) if values else None


async def month_figures(reader: LogReader, month: str, minutes_saved: float, price: float) -> dict[str, Any]:
    """Those of `2026-11` (UTC)."""
    start, end = bounds(month)
    counted, after = Month(), 0
    while True:
        found, _ = await reader.records(RecordFilter(after=after, since=start, until=end), PAGE)
        if not found:
            return counted.figures(minutes_saved, price)
        after = _add(counted, found)


def _add(counted: Month, found: Iterable[bytes]) -> int:
    record: dict[str, Any] = {}
    for leaf in found:
        record = orjson.loads(leaf)
        counted.add(record)
    return int(record["seq"])


def bounds(month: str) -> tuple[int, int]:
    """The µs at which a month begins and ends."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    last = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return round(first.timestamp() * 1e6), round(last.timestamp() * 1e6)


def before(month: str) -> str:
    """The month before."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    return f"{first.year - (first.month == 1)}-{(first.month - 2) % 12 + 1:02}"


FORMULAS = {
    "en": "Hours saved: answers with sources × {} minutes. GPU seconds: from the moment at which a worker may take a "
    "question to its answer; costs: × {} an hour. Not found: answers without a source.",
    "zh": "节省工时：有出处的回答数 × {} 分钟。GPU 秒数：从可以开始处理问题到回答完成；费用：× 每小时 {}。"
    "文档中没有：没有出处的回答。",
}


async def compared(
    reader: LogReader, month: str, minutes_saved: float, price: float, language: Literal["en", "zh"] = "en"
) -> MonthFigures:
    """The month and the one before it."""
    (start, end), earlier = bounds(month), before(month)
    return MonthFigures(
        figures=await month_figures(reader, month, minutes_saved, price),
        before=await month_figures(reader, earlier, minutes_saved, price),
        start_before=instant(bounds(earlier)[0]),
        start=instant(start),
        end=instant(end),
        formula=FORMULAS[language].format(f"{minutes_saved:g}", f"{price:g}"),
    )
