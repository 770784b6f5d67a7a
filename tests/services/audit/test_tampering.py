"""Whoever changes the log, in whichever store and with whichever key, is found by who reads it from outside."""

import random
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from client.audit import Bundle, Edge, InvalidLog, Verifier
from client.audit.bundle import from_lines
from shared.errors import Refused
from tests.support.audit_log import Log, audit_log, event

ROUNDS = 300
RECORDS = 60
Chance = random.Random


def flipped(data: bytes, chance: Chance) -> bytes:
    """One bit of it."""
    place = chance.randrange(len(data) * 8)
    return data[: place // 8] + bytes([data[place // 8] ^ 1 << place % 8]) + data[place // 8 + 1 :]


def edit(bundles: list[Bundle], chance: Chance) -> None:
    at, n = pick(bundles, chance)
    bundles[at].leaves[n] = bundles[at].leaves[n].replace(b"alice", b"mallory")


def flip(bundles: list[Bundle], chance: Chance) -> None:
    at, n = pick(bundles, chance)
    bundles[at].leaves[n] = flipped(bundles[at].leaves[n], chance)


def drop(bundles: list[Bundle], chance: Chance) -> None:
    at, n = pick(bundles, chance)
    del bundles[at].leaves[n]


def swap(bundles: list[Bundle], chance: Chance) -> None:
    at, n = pick(bundles, chance)
    leaves = bundles[at].leaves
    leaves[n], leaves[n - 1] = leaves[n - 1], leaves[n]


def insert(bundles: list[Bundle], chance: Chance) -> None:
    at, n = pick(bundles, chance)
    bundles[at].leaves.insert(n, bundles[at].leaves[n])


def lose(bundles: list[Bundle], chance: Chance) -> None:
    del bundles[chance.randrange(len(bundles) - 1)]


def turn(bundles: list[Bundle], chance: Chance) -> None:
    at = chance.randrange(1, len(bundles))
    bundles[at], bundles[at - 1] = bundles[at - 1], bundles[at]


def cut(bundles: list[Bundle], chance: Chance) -> None:
    del bundles[chance.randrange(1, len(bundles)) :]


def sign_less(bundles: list[Bundle], chance: Chance) -> None:
    at = chance.randrange(1, len(bundles))
    bundles[at].note = bundles[at - 1].note


def forge(bundles: list[Bundle], chance: Chance) -> None:
    at = chance.randrange(len(bundles))
    bundles[at].note = flipped(bundles[at].note.encode(), chance).decode(errors="replace")


TAMPERINGS = (edit, flip, drop, swap, insert, lose, turn, cut, sign_less, forge)


def pick(bundles: list[Bundle], chance: Chance) -> tuple[int, int]:
    at = chance.randrange(len(bundles))
    return at, chance.randrange(1, len(bundles[at].leaves))


def copied(bundles: list[Bundle]) -> list[Bundle]:
    return [replace(b, leaves=list(b.leaves), hashes=list(b.hashes), edge=list(b.edge)) for b in bundles]


def seen(log: Log) -> Edge:
    """What a subscriber remembers who has read everything."""
    verifier = Verifier(log.key)
    verifier.all(log.stream.bundles())
    assert verifier.edge
    return verifier.edge


def found(log: Log, before: Edge, bundles: list[Bundle]) -> bool:
    try:
        Verifier(log.key, before, first=1).all(bundles)
    except InvalidLog:
        return True
    return False


async def test_every_tampering_with_what_is_read_is_found(tmp_path: Path) -> None:
    chance = Chance(300)
    async with audit_log(tmp_path, batch=10) as log:
        await log.add(*(event(n) for n in range(RECORDS)))
        honest, before = log.stream.bundles(), seen(log)
        for n in range(ROUNDS):
            bundles = copied(honest)
            tamper = TAMPERINGS[n % len(TAMPERINGS)]
            tamper(bundles, chance)
            assert found(log, before, bundles), tamper
        assert Verifier(log.key, before).all(honest).records == RECORDS


async def test_the_first_bad_record_is_named(tmp_path: Path) -> None:
    async with audit_log(tmp_path, batch=10) as log:
        await log.add(*(event(n) for n in range(RECORDS)))
        for tamper, number in ((edit, 34), (drop, 34), (flip, 34)):
            bundles = log.stream.bundles()
            tamper([bundles[3]], Fixed(33 % 10))
            with pytest.raises(InvalidLog) as broken:
                Verifier(log.key).all(bundles)
            assert broken.value.seq == number, tamper


class Fixed(random.Random):
    """Always the same record."""

    def __init__(self, number: int) -> None:
        super().__init__(1)
        self._number = number

    def randrange(self, *given: int) -> int:  # type: ignore[override]
        return 0 if len(given) == 1 and given[0] == 1 else self._number if len(given) == 2 else 40


async def test_a_log_rewritten_and_signed_with_the_stolen_key_is_found(tmp_path: Path) -> None:
    (tmp_path / "forged").mkdir()
    async with audit_log(tmp_path, batch=10) as log, audit_log(tmp_path / "forged", batch=10) as forged:
        forged = Log(forged.database, forged.stream, log.signer, 10)
        await log.add(*(event(n) for n in range(RECORDS)))
        await forged.add(*(event(n, {"query": f"q{n}", "principal": "person:mallory"}) for n in range(RECORDS + 10)))
        assert Verifier(log.key).all(forged.stream.bundles()).records == RECORDS + 10
        with pytest.raises(InvalidLog, match="rewritten and signed again"):
            Verifier(log.key, seen(log)).all(forged.stream.bundles())
        with pytest.raises(InvalidLog):
            Verifier(log.key, seen(log)).all(forged.stream.bundles()[6:])


def sql(statement: str) -> Callable[[sqlite3.Connection], None]:
    return lambda connection: connection.executescript(statement) and None


STORES = [
    sql("UPDATE log_leaves SET leaf = replace(leaf, 'alice', 'mallory') WHERE seq = 17"),
    sql("DELETE FROM log_leaves WHERE seq = 17"),
    sql("DELETE FROM log_leaves WHERE seq > 50"),
    sql("UPDATE log_leaves SET seq = -seq WHERE seq IN (17, 18); UPDATE log_leaves SET seq = 35 + seq WHERE seq < 0"),
    sql("UPDATE log_batches SET note = replace(note, 'cloister.local', 'cloister.other') WHERE number = 2"),
    sql("UPDATE log_batches SET size = size - 1 WHERE number = 3"),
    sql("DELETE FROM log_batches WHERE number = 2"),
    sql("DELETE FROM log_batches WHERE number > 4; DELETE FROM log_leaves WHERE seq > 40"),
    sql("UPDATE log_tiles SET hashes = zeroblob(length(hashes))"),
    sql("UPDATE log_tiles SET hashes = CAST(x'ff' || substr(hashes, 2) AS TEXT)"),
    sql("DELETE FROM log_tiles"),
    sql("UPDATE log_batches SET note = CAST(CAST(note AS BLOB) || x'ff' AS TEXT) WHERE number = 2"),
    sql("UPDATE log_leaves SET at = at - 86400000000 WHERE seq = 17"),
    sql("UPDATE log_leaves SET principal = '' WHERE seq = 17"),
    sql("UPDATE log_leaves SET principal = CAST(x'ff' AS TEXT) WHERE seq = 17"),
    sql("UPDATE log_leaves SET about = 'other' WHERE seq = 17"),
    sql("UPDATE log_leaves SET subject = 'x' WHERE seq = 17"),
    sql("UPDATE log_tiles SET hashes = substr(hashes, 1, 32 * 40); DELETE FROM log_leaves WHERE seq > 40;"
        "DELETE FROM log_batches WHERE number > 4"),
]  # fmt: skip


@pytest.mark.parametrize("tamper", STORES)
async def test_every_tampering_with_the_tables_is_found_by_who_reads_them(
    tmp_path: Path, tamper: Callable[[sqlite3.Connection], None]
) -> None:
    async with audit_log(tmp_path, batch=10) as log:
        await log.add(*(event(n) for n in range(RECORDS)))
        before = seen(log)
        with sqlite3.connect(log.file) as connection:
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            connection.executescript(";".join(f"DROP TRIGGER {name}" for (name,) in triggers))
            tamper(connection)
        with pytest.raises((InvalidLog, Refused)):
            await read_whole(log, before)


async def read_whole(log: Log, before: Edge) -> None:
    """As `cloister audit verify` does."""
    verifier, after = Verifier(log.key, before), 0
    while True:
        lines, last = await log.reader.bundles(after)
        if not lines:
            break
        for bundle in from_lines(lines.splitlines(keepends=True), "the tables"):
            verifier.add(bundle)
        after = last
    verifier.finish()
    assert verifier.key.open(await log.reader.checkpoint()).size >= before.size


async def test_a_log_that_was_rolled_back_is_refilled_from_the_stream(tmp_path: Path) -> None:
    (tmp_path / "restored").mkdir()
    async with audit_log(tmp_path, batch=10) as log:
        await log.add(*(event(n) for n in range(30)))
        with sqlite3.connect(log.file) as connection, sqlite3.connect(tmp_path / "restored" / "audit.db") as copy:
            connection.backup(copy)
        await log.add(*(event(n) for n in range(30, 60)))
    async with audit_log(tmp_path / "restored", batch=10) as opened:
        restored = Log(opened.database, log.stream, log.signer, 10)
        await restored.add(event(60))
        assert [record.seq for record in await restored.records()] == list(range(1, 62))
    assert Verifier(log.key).all(log.stream.bundles()).records == 61


async def test_tables_that_contradict_the_stream_take_no_more_records(tmp_path: Path) -> None:
    (tmp_path / "forged").mkdir()
    async with audit_log(tmp_path) as log, audit_log(tmp_path / "forged") as forged:
        await log.add(event(1))
        await forged.add(event(1, {"query": "other"}))
        mixed = Log(forged.database, log.stream, log.signer)
        await mixed.appender.check()
        assert "one was rewritten" in mixed.appender.problem
