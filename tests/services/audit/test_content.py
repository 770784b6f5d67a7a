"""Kept texts: sealed under a key per person, redacted, opened for auditors, gone with the key."""

import time
from pathlib import Path

import pytest

from services.audit.content.agreement import Agreements
from services.audit.content.sealing import Master
from services.audit.content.texts import texts_of
from services.audit.content.vault import Text, Vault
from services.audit.entry_builder import entry_of, texts_in
from services.audit.redaction import Redactor
from shared.errors import NotReady, Refused
from shared.sql.database import Database
from tests.support.audit_log import SALT, Log, audit_log, event

QUESTION = "Why was 13800138000 called about the zinnwaldite?"


def master(home: Path, digit: str = "a") -> Master:
    path = home / f"{digit}.key"
    path.write_text(digit * 64)
    return Master(path)


def text(query: str, person: str = "person:alice", at: int = 1000, field: str = "question") -> Text:
    return Text(person, query, field, at, f"{field} of {query}")


async def test_a_text_comes_back_and_is_not_on_the_disk(tmp_path: Path) -> None:
    async with audit_log(tmp_path) as log:
        vault = Vault(log.database, master(tmp_path))
        await vault.keep([text("q1"), text("q1", field="answer"), text("q2", "person:bob")])
        await vault.keep([text("q1")])  # delivered twice
        assert [(each.field, each.text) for each in await vault.read("q1")] == [
            ("question", "question of q1"), ("answer", "answer of q1"),
        ]  # fmt: skip
        await log.database.scrub()
        assert b"question of" not in log.file.read_bytes()


async def test_who_is_forgotten_has_no_key_and_others_keep_theirs(tmp_path: Path) -> None:
    async with audit_log(tmp_path) as log:
        vault = Vault(log.database, master(tmp_path))
        await vault.keep([text("q1"), text("q2", "person:bob")])
        sealed = (await rows(log.database, "SELECT sealed FROM content WHERE person = 'person:alice'"))[0][0]
        assert await vault.forget("person:alice", 2000) == 1
        assert await vault.read("q1") == []
        assert (await vault.read("q2"))[0].text == "question of q2"
        assert await rows(log.database, "SELECT person FROM content_keys") == [("person:bob",)]
        # A copy of the sealed text alone, as a backup of the table holds it, does not open any more.
        await put_back(log, sealed)
        assert await vault.read("q1") == []


async def test_a_text_that_was_moved_or_changed_or_sealed_with_another_key_is_refused(tmp_path: Path) -> None:
    async with audit_log(tmp_path) as log:
        vault = Vault(log.database, master(tmp_path))
        await vault.keep([text("q1"), text("q2")])
        await rows(log.database, "UPDATE content SET sealed = (SELECT sealed FROM content WHERE query = 'q2')")
        with pytest.raises(Refused, match="was changed"):
            await vault.read("q1")
        with pytest.raises(Refused, match="was changed"):
            await Vault(log.database, master(tmp_path, "b")).read("q1")
    with pytest.raises(NotReady, match=r"content\.key"):
        Master(tmp_path / "content.key")


async def test_old_texts_expire_unless_they_are_held(tmp_path: Path) -> None:
    async with audit_log(tmp_path) as log:
        vault = Vault(log.database, master(tmp_path))
        await vault.keep([text("q1"), text("q2", "person:bob"), text("q3", "person:eve"), text("q4", at=9000)])
        assert await vault.expire(5000, ["person:bob"], ["q3"]) == 1
        assert [bool(await vault.read(query)) for query in ("q1", "q2", "q3", "q4")] == [False, True, True, True]


def test_texts_are_redacted_before_they_are_kept_and_the_record_commits_to_them() -> None:
    asked = event(1, {"query": "q1", "principal": {"id": "person:alice"}, "question": QUESTION})
    redacted = "Why was <phone> called about the zinnwaldite?"
    kept = texts_in(asked, Redactor())
    assert [each.text for each in kept] == [redacted]
    entry = entry_of(asked, SALT, Redactor(), kept)
    assert set(entry.facts["kept"]) == {"question"}
    assert "zinnwaldite" not in str(entry.facts)
    assert "kept" not in entry_of(asked, SALT).facts
    refusal = {"query": "q1", "principal": "person:alice", "answer": None, "error": "no"}
    assert texts_of("answer.gateway.q1", refusal, Redactor()) == {}
    assert texts_of("document.chunked.v1", {"question": "no"}, Redactor()) == {}


async def test_two_people_agree_before_one_reads_and_nobody_agrees_with_themselves(tmp_path: Path) -> None:
    async with audit_log(tmp_path) as log:
        agreements = Agreements(log.database)
        asked = await agreements.make("q1", "person:ann", "a complaint")
        with pytest.raises(Refused) as refused:
            await agreements.agree(asked.request, "person:ann")
        assert (refused.value.reason, refused.value.status) == ("two_people", 403)
        await agreements.agree(asked.request, "person:ben")
        found = await agreements.find("q1", "person:ann")
        assert found is not None
        assert found.agreed_by == "person:ben"
        assert await agreements.find("q1", "person:ben") is None
        two_days_ago = time.time_ns() // 1000 - 2 * 86_400_000_000
        await rows(log.database, f"UPDATE content_requests SET at = {two_days_ago}")  # noqa: S608 a number
        assert await agreements.find("q1", "person:ann") is None


async def rows(database: Database, statement: str) -> list[tuple[object, ...]]:
    async with database.transaction() as connection:
        found = await connection.exec_driver_sql(statement)
        return [tuple(row) for row in found.all()] if found.returns_rows else []


async def put_back(log: Log, sealed: object) -> None:
    statement = "INSERT INTO content (query, field, person, at, sealed) VALUES (?, ?, ?, ?, ?)"
    async with log.database.transaction() as connection:
        await connection.exec_driver_sql(statement, ("q1", "question", "person:alice", 1000, sealed))
