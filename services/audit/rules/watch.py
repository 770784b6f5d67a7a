"""Runs the rules live: alerts, bans and locks."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import orjson

from services.audit.log.reader import LogReader, RecordFilter
from services.audit.rules.engine import Engine, Finding
from services.audit.rules.rule import Rule
from shared.bus import Bus
from shared.events import AnomalyDetected, BanChanged, Principal
from shared.sql.database import Database

NAME = "rules"
HABIT_DAYS = 7


class RuleWatch:
    """A restart reads the past again and is silent about it: what was acted upon is behind the position."""

    def __init__(self, rules: Sequence[Rule], reader: LogReader, database: Database, bus: Bus) -> None:
        self._engine = Engine(rules)
        self._reader, self._database, self._bus = reader, database, bus
        self._warm = False

    async def send(self, leaves: list[bytes]) -> None:
        """The next records; acted upon when this returns."""
        if not self._warm:
            await self._remember(int(orjson.loads(leaves[0])["seq"]))
            self._warm = True
        for leaf in leaves:
            for finding in self._engine.add(orjson.loads(leaf)):
                await self._act(finding)

    async def _remember(self, before: int) -> None:
        since = datetime.now(UTC) - max(timedelta(days=HABIT_DAYS), timedelta(seconds=self._engine.longest))
        after = 0
        while True:
            wanted = RecordFilter(after=after, since=round(since.timestamp() * 1e6))
            found, _ = await self._reader.records(wanted, 1000)
            for leaf in found:
                record = orjson.loads(leaf)
                if record["seq"] >= before:
                    return
                after = record["seq"]
                for _ in self._engine.add(record):
                    pass
            if not found:
                return

    async def _act(self, finding: Finding) -> None:
        rule, until = finding.rule, None
        if rule.act == "ban":
            until = finding.at + timedelta(seconds=rule.ban)
        about = {"rule": rule.name, "why": rule.why, "value": finding.value, "act": rule.act, "until": until}
        who = Principal(id=finding.key, name=finding.key.partition(":")[2] or finding.key)
        await self._bus.publish(AnomalyDetected(principal=who, seq=finding.seq, **about))
        if rule.act in ("ban", "lock") and rule.by == "principal":
            ban = BanChanged(principal=finding.key, act=rule.act, until=until, rule=rule.name, by="audit")
            await self._bus.publish(ban)
