"""The audit log by itself: what a record says, that it is written once, in order, and that nobody changes it."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from services.audit.entry_builder import entry_of
from services.audit.log.reader import RecordFilter
from shared.bus import Delivery
from shared.errors import Unavailable
from tests.support.audit_log import SALT, Log, audit_log, event, until


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[Log]:
    async with audit_log(tmp_path) as opened:
        yield opened


async def test_an_event_becomes_one_record_that_does_not_tell_its_content(log: Log) -> None:
    await log.add(event(7, {"query": "q7", "principal": {"id": "person:alice"}, "question": "工资多少？"}))
    (record,) = await log.records()
    assert (record.seq, record.stream, record.stream_seq, record.subject) == (1, "QUERIES", 7, "query.asked.v1")
    assert (record.event_id, record.source, record.about) == ("id-7", "/cloister/gateway", "q7")
    assert (record.principal, record.at) == ("person:alice", datetime(2023, 11, 14, 22, 13, 20, 7, tzinfo=UTC))
    assert record.facts["question_size"] == 5
    assert "工资" not in record.model_dump_json()


async def test_the_digest_commits_to_subject_and_body_under_the_salt(log: Log) -> None:
    message = event(1)
    await log.add(message)
    (record,) = await log.records()
    assert record.digest == hmac.digest(SALT, b"query.asked.v1\n" + message.data, "sha256").hex()
    assert record.size == len(message.data)


async def test_a_batch_that_comes_again_adds_nothing(log: Log) -> None:
    await log.add(event(1), event(2))
    await log.add(event(2), event(3), event(3))
    assert [(record.seq, record.stream_seq) for record in await log.records()] == [(1, 1), (2, 2), (3, 3)]


async def test_a_stream_that_was_made_anew_is_recorded_too(log: Log) -> None:
    await log.add(event(1))
    await log.add(event(1, {"query": "another"}))
    assert [record.about for record in await log.records()] == ["q1", "another"]


async def test_two_replicas_write_one_log(log: Log) -> None:
    other = log.again()
    for number in range(0, 12, 2):
        await asyncio.gather(log.add(event(number)), other.add(event(number + 1)))
    records = await log.records()
    assert [record.seq for record in records] == list(range(1, 13))
    assert {record.stream_seq for record in records} == set(range(12))
    assert [bundle.batch for bundle in log.stream.bundles()] == list(range(1, len(log.stream.messages) + 1))


async def test_a_batch_that_cannot_be_written_waits_and_keeps_its_place(log: Log) -> None:
    await log.add(event(1))
    async with log.database.transaction() as connection:
        await connection.execute(text("ALTER TABLE log_leaves RENAME TO away"))
    waiting = [asyncio.create_task(log.add(event(n))) for n in (2, 3)]
    await until(lambda: "no such table" in log.appender.problem)
    assert not any(task.done() for task in waiting)
    async with log.database.transaction() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO log_leaves"))
    await asyncio.gather(*waiting)
    assert log.appender.problem == ""
    assert [record.stream_seq for record in await log.records()] == [1, 2, 3]


async def test_a_stream_that_refuses_is_a_log_that_cannot_be_written(log: Log) -> None:
    log.stream.away = Unavailable("The queue is full.")
    waiting = asyncio.create_task(log.add(event(1)))
    await until(lambda: "full" in log.appender.problem)
    log.stream.away = None
    await waiting
    assert [(bundle.first, bundle.size) for bundle in log.stream.bundles()] == [(1, 1)]


async def test_a_file_that_was_deleted_takes_no_more_records(log: Log) -> None:
    await log.add(event(1))
    log.file.unlink()
    await log.appender.check()
    assert "deleted or replaced" in log.appender.problem


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_leaves SET principal = 'nobody'",
        "DELETE FROM log_leaves",
        "DELETE FROM log_tiles",
        "UPDATE log_tiles SET hashes = x'00'",
        "UPDATE log_batches SET note = ''",
        "DELETE FROM log_batches",
    ],
)
async def test_nobody_changes_or_deletes_what_is_written(log: Log, statement: str) -> None:
    await log.add(event(1))
    with pytest.raises(DatabaseError, match="append-only"):
        async with log.database.transaction() as connection:
            await connection.execute(text(statement))
    assert len(await log.records()) == 1


async def test_writers_at_the_same_time_leave_no_gap(log: Log) -> None:
    await asyncio.gather(*(log.add(*(event(10 * batch + n) for n in range(10))) for batch in range(8)))
    assert [record.seq for record in await log.records()] == list(range(1, 81))


async def test_records_are_found_by_number_thing_person_time_and_kind(log: Log) -> None:
    bob = {"query": "q9", "principal": {"id": "person:bob"}}
    await log.add(*(event(n) for n in range(1, 6)), event(9, bob), event(10, bob, subject="answer.gateway.q9"))

    async def found(**wanted: object) -> list[int]:
        return [record.seq for record in await log.records(RecordFilter(**wanted))]  # type: ignore[arg-type]

    assert await found(after=5) == [6, 7]
    assert await found(about="q4") == [4]
    assert await found(principal="person:bob") == [6, 7]
    assert await found(subject="answer.") == [7]
    assert await found(since=1_700_000_000_000_004, until=1_700_000_000_000_009) == [4, 5]
    assert [record.seq for record in await log.records(limit=2)] == [1, 2]


@pytest.mark.parametrize(
    ("subject", "body", "about", "principal"),
    [
        ("answer.crm.9", {"query": "9", "principal": "app:crm"}, "9", "app:crm"),
        ("query.cancelled.v1", {"query": "8", "by": "person:bob"}, "8", "person:bob"),
        ("document.uploaded.v1", {"document_id": "d1", "uploaded_by": "person:bob"}, "d1", "person:bob"),
        ("access.changed.v1", {"actor": "person:root", "target": "group:hr"}, "group:hr", "person:root"),
        ("access.attempted.v1", {"who": "alice", "outcome": "refused"}, "", "alice"),
        ("failed.retrieval", {"about": "q1", "event": "query.asked.v1"}, "q1", ""),
        ("query.asked.v1", ["not", "an", "event"], "", ""),
        ("document.chunked.v1", {"document_id": "d2", "chunks": ["x" * 70_000]}, "d2", ""),
        ("query.grounded.v1", {"query": "q3", "principal": {"id": "app:crm"}, "passages": "字"}, "q3", "app:crm"),
        ("query.asked.v1", {"question": '"query":"forged","principal":"root"' * 200}, "", ""),
        ("query.asked.v1", {"query": "a\0b", "history": 7}, "ab", ""),
    ],
)
def test_about_what_and_by_whom(subject: str, body: object, about: str, principal: str) -> None:
    entry = entry_of(event(1, body, subject=subject), SALT)
    assert (entry.about, entry.principal) == (about, principal)
    assert len(entry.leaf(1)) < 8_192


def test_bytes_that_are_no_json_are_recorded_all_the_same() -> None:
    entry = entry_of(Delivery("query.asked.v1", {}, b"\xff\x00{", "QUERIES", 3), SALT)
    assert (entry.about, entry.size, entry.stream_seq) == ("", 3, 3)


async def test_what_was_recorded_before_the_log_was_a_tree_is_its_beginning(log: Log) -> None:
    async with log.database.transaction() as connection:
        for n in (1, 2):
            row = f"({n}, '2026-01-0{n} 10:00:00.000000', 'QUERIES', {n}, 'query.asked.v1', 'e{n}', '/cloister/gateway'"
            values = f"{row}, 'q{n}', 'person:alice', 7, '{'ab' * 32}')"
            await connection.execute(text(f"INSERT INTO trail VALUES {values}"))  # noqa: S608
    await log.add(event(3))
    records = await log.records()
    assert [(record.seq, record.about) for record in records] == [(1, "q1"), (2, "q2"), (3, "q3")]
    assert records[0].at == datetime(2026, 1, 1, 10, tzinfo=UTC)
    await log.again().add(event(4))
    assert len(await log.records()) == 4
