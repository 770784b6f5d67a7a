"""Replays rules on the past without acting."""

import tomllib
from pathlib import Path

import orjson
from pydantic import ValidationError

from services.audit.log.reader import LogReader, RecordFilter
from services.audit.rules.engine import Engine
from services.audit.rules.rule import Rule, parse_rules, read_rules
from shared.errors import NotReady, Refused
from shared.events import RuleFinding, RuleFindings

PAGE, MOST = 1000, 1000  # records read at once; findings told


async def tried(reader: LogReader, text: str, path: Path | None, since: int | None, until: int | None) -> RuleFindings:
    """By the rules of a text, or by those in use."""
    engine, found, after, count = Engine(_rules(text, path)), list[RuleFinding](), 0, 0
    while True:
        leaves, _ = await reader.records(RecordFilter(after=after, since=since, until=until), PAGE)
        if not leaves:
            return RuleFindings(findings=tuple(found[:MOST]), records=count)
        for leaf in leaves:
            record = orjson.loads(leaf)
            after, count = record["seq"], count + 1
            found += [
                RuleFinding(
                    rule=finding.rule.name,
                    who=finding.key,
                    value=finding.value,
                    seq=finding.seq,
                    at=finding.at,
                    act=finding.rule.act,
                )
                for finding in engine.add(record)
            ]


def _rules(text: str, path: Path | None) -> tuple[Rule, ...]:
    if not text:
        return read_rules(path)
    try:
        return parse_rules(tomllib.loads(text), "the rules")
    except (NotReady, tomllib.TOMLDecodeError, ValidationError) as error:
        raise Refused("invalid", f"The field 'rules' cannot be used: {error}", 422) from error
