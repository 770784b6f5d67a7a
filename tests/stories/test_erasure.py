"""Somebody is erased: nothing of theirs is found in the raw bytes of the home, and the log still verifies."""

import base64
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.system import system
from client import Http, Refused
from client.audit import LogKey, proves_inclusion
from client.audit.merkle import leaf_hash
from client.audit.service import AuditClient
from tests.support.company import STAND_INS, Company, raw

CANARY = "zinnwaldite-canary"
CHINESE = "金丝雀铁锂云母"
ASKED = f"How long is the warranty on the pump, asks {CANARY} {CHINESE}, call 13800138000?"
STOCK = {"title": "Weekly stock", "question": f"How much {CANARY} is there?", "cron": "30 8 * * 1"}
RESTORED = ("gateway", "audit", "connectors")


@contextmanager
def started(home: Path) -> Iterator[Company]:
    """On a home that is kept; two auditors together may read texts."""
    with system(home=str(home), audit_content="1", audit_two_people="1", **STAND_INS) as running:
        running.home = home
        yield Company(running)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with started(tmp_path_factory.mktemp("erasure") / "home") as company:
        yield company


def found(home: Path, *texts: str) -> list[str]:
    """Files of the home in which one of the texts stands, as raw bytes."""
    marks = [text.encode() for text in texts]
    files = [path for path in home.rglob("*") if path.is_file()]
    return [str(path.relative_to(home)) for path in files if any(mark in content_of(path) for mark in marks)]


def content_of(path: Path) -> bytes:
    """Nothing of a file that the bus has just replaced."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def traces(own: Company, name: str) -> tuple[Http, str, str]:
    """Somebody who asked, judged, shared and scheduled; their id and the query's."""
    workspace = own.workspace("service")
    own.paper(workspace, "pump.md", "The warranty on the pump is twenty-four months from delivery.")
    alice, bob = own.person(name, workspace), own.person("bob", workspace)
    answer = alice.ask(ASKED, workspace=workspace, conversation="c1")
    alice.rate(answer.query_id, True, f"well said, {CANARY}")
    attached = raw(alice, "POST", "/api/conversations/c1/files", files={"file": ("note.md", f"A {CANARY}.".encode())})
    assert attached.status_code == 201, attached.text
    shared = raw(alice, "POST", "/api/conversations/c1/shares", json={"to": bob.me()["id"]})
    assert shared.status_code == 201, shared.text
    assert raw(alice, "POST", "/api/data/schedules", json=STOCK | {"workspace": workspace}).status_code == 201
    return alice, alice.me()["id"], answer.query_id


def erase(own: Company, who: str) -> dict[str, Any]:
    return own.admin.call("POST", "/api/audit/erasures", json={"person": who, "reason": "asked for it in writing"})


def read(reader: Http, query: str) -> dict[str, Any]:
    return reader.call("POST", "/api/audit/content", json={"query_id": query, "reason": "a complaint of 13800138000"})


def test_kept_texts_are_read_by_an_auditor_when_another_one_agrees(own: Company) -> None:
    alice, who, query = traces(own, "alice")
    ann, ben = (own.person(name, roles=["auditor"]) for name in ("ann", "ben"))
    own.recorded(query, f"answer.gateway.{query}")
    waiting = read(ann, query)
    assert (waiting["state"], waiting["texts"]) == ("waiting", [])
    (asked,) = [one for one in ben.call("GET", "/api/audit/content/requests")["requests"] if one["query"] == query]
    with pytest.raises(Refused, match="two people"):
        ann.call("POST", f"/api/audit/content/requests/{asked['request']}/agree")
    ben.call("POST", f"/api/audit/content/requests/{asked['request']}/agree")
    shown = read(ann, query)
    assert (shown["state"], shown["person"]) == ("shown", who)
    question, answer = shown["texts"]
    assert question["text"] == ASKED.replace("13800138000", "<phone>")
    assert answer["text"] == alice.query(query)["answer"]
    kept = {record.seq: record.facts.get("kept") for record in own.admin.audit_records(about=query)}
    assert all(text["field"] in (kept[text["seq"]] or {}) for text in shown["texts"])
    told = own.recorded(query, "audit.requested.v1", "audit.agreed.v1", "audit.read.v1")
    reading = next(record for record in told if record.subject == "audit.read.v1")
    assert (reading.principal, reading.facts["form"]) == (ann.me()["id"], "content")
    assert reading.facts["reason"] == "a complaint of <phone>"
    for stranger in (alice, own.admin):
        with pytest.raises(Refused) as refused:
            read(stranger, query)
        assert refused.value.status == 403


def held(own: Company, about: str) -> list[str]:
    """What was done with its holds, as far as it is recorded."""
    return [one.facts["act"] for one in own.admin.audit_records(about=about) if one.subject == "audit.held.v1"]


def test_a_legal_hold_keeps_everything_until_it_is_lifted(own: Company) -> None:
    alice, who, query = traces(own, "held")
    workspace = alice.me()["workspaces"][0]["workspace"]
    for about in (who, f"query:{query}", f"workspace:{workspace}"):
        own.recorded(query, "query.asked.v1")
        own.admin.call("POST", "/api/audit/holds", json={"about": about, "reason": "case 2026-17"})
        with pytest.raises(Refused, match=f"{about} is under a legal hold .case 2026-17") as refused:
            erase(own, who)
        assert (refused.value.reason, refused.value.status) == ("held", 409)
        assert raw(alice, "DELETE", "/api/conversations/c1").json()["reason"] == "held"
        own.admin.call("DELETE", "/api/audit/holds", params={"about": about, "reason": "closed"})
    document = own.admin.call("GET", f"/api/documents?workspace={workspace}")["documents"][0]["document_id"]
    own.admin.call("POST", "/api/audit/holds", json={"about": f"workspace:{workspace}", "reason": "case 2026-18"})
    assert raw(own.admin, "DELETE", f"/api/documents/{document}").json()["reason"] == "held"
    own.admin.call("DELETE", "/api/audit/holds", params={"about": f"workspace:{workspace}", "reason": "closed"})
    own.until(lambda: held(own, who)[1:], 10)
    assert held(own, who) == ["place", "lift"]
    assert raw(alice, "DELETE", "/api/conversations/c1").status_code == 200
    erase(own, who)


def test_nothing_of_an_erased_person_is_left_in_the_home(own: Company) -> None:
    alice, who, query = traces(own, "alice")
    dora, other, _ = traces(own, "dora")
    own.recorded(query, f"answer.gateway.{query}")
    assert "gateway.db" in " ".join(found(own.system.home, CANARY))
    made = erase(own, who)
    assert (made["waiting"], made["forgotten"]["connectors"]) == ([], {"schedules": 1, "reports": 0})
    assert made["forgotten"]["audit"]["texts"] >= 2
    counts = json.loads(made["record"])["facts"]["counts"]
    gone = ("answers", "conversations", "attachments", "shares", "feedback")
    assert {name: counts[name] for name in gone} == dict.fromkeys(gone, 1)
    with pytest.raises(Refused):
        alice.query(query)
    assert dora.call("GET", "/api/conversations/c1")["turns"][0]["question"] == ASKED
    audit = AuditClient(own.admin, LogKey((own.system.home / "keys" / "audit.vkey").read_text()))
    signed, record = audit.key.open(made["checkpoint"]), made["record"].encode()
    proof = [base64.b64decode(each) for each in made["proof"]]
    assert proves_inclusion(leaf_hash(record), made["leaf_index"], signed.size, proof, signed.root)
    assert audit.verify().gaps == []
    erase(own, other)
    for person in {row.principal for row in own.admin.audit_records(kind="query.asked.")}:
        erase(own, person)
    own.until(lambda: found(own.system.home, CANARY, CHINESE) == [], 20)


def test_who_was_erased_does_not_come_back_with_an_older_backup(tmp_path: Path) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    backup.mkdir()
    with started(home) as before:
        _, who, query = traces(before, "alice")
        before.recorded(query, f"answer.gateway.{query}")
        for name in RESTORED:
            with (
                closing(sqlite3.connect(home / f"{name}.db")) as source,
                closing(sqlite3.connect(backup / f"{name}.db")) as copy,
            ):
                source.backup(copy)
        erase(before, who)
    for name in RESTORED:
        for path in home.glob(f"{name}.db*"):
            path.unlink()
        shutil.copy(backup / f"{name}.db", home)
    assert found(home, CANARY)
    with started(home) as after:
        again = [row for row in after.until(lambda: told(after, who), 30) if "again" in row.facts["reason"]]
        assert [row.facts["counts"]["turns"] for row in again] == [1]
        after.until(lambda: found(home, CANARY, CHINESE) == [], 20)
        key = LogKey((home / "keys" / "audit.vkey").read_text())
        assert AuditClient(after.admin, key).verify().gaps == []


def told(company: Company, who: str) -> list[Any]:
    rows = company.admin.audit_records(about=who, kind="audit.erased.")
    return rows if len(rows) == 2 else []


def test_only_administrators_erase(own: Company) -> None:
    eve = own.person("eve")
    with pytest.raises(Refused) as refused:
        erase_as(eve)
    assert refused.value.status == 403


def erase_as(caller: Http) -> None:
    caller.call("POST", "/api/audit/erasures", json={"person": "person:eve", "reason": "because"})
