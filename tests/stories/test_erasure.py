"""Somebody is erased: nothing of theirs is found in the raw bytes of the home, and the log still verifies."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.system import system
from client import Refused
from client.audit import LogKey, proves_inclusion
from client.audit.merkle import leaf_hash
from client.audit.service import AuditClient
from tests.support.company import STAND_INS, Company

CANARY = "zinnwaldite-canary"
CHINESE = "金丝雀铁锂云母"


@pytest.fixture(scope="module")
def own() -> Iterator[Company]:
    with system(**STAND_INS) as running:
        yield Company(running)


def found(home: Path, *texts: str) -> list[str]:
    """Files of the home in which one of the texts stands, as raw bytes."""
    marks = [text.encode() for text in texts]
    files = [path for path in home.rglob("*") if path.is_file()]
    return [str(path.relative_to(home)) for path in files if any(mark in path.read_bytes() for mark in marks)]


def test_nothing_of_an_erased_person_is_left_in_the_home(own: Company) -> None:
    name = own.workspace("service")
    own.paper(name, "pump.md", "The warranty on the pump is twenty-four months from delivery.")
    alice, bob = own.person("alice", name), own.person("bob", name)
    who = alice.me()["id"]
    question = f"How long is the warranty on the pump, asks {CANARY} {CHINESE}?"
    answer = alice.ask(question, workspace=name, conversation="c1")
    alice.rate(answer.query_id, True, f"well said, {CANARY}")
    kept = bob.ask("How long is the warranty on the pump?", workspace=name)
    assert "gateway.db" in " ".join(found(own.system.home, CANARY))
    made = own.admin.call("POST", "/api/audit/erasures", json={"person": who, "reason": "asked for it in writing"})
    own.until(lambda: found(own.system.home, CANARY, CHINESE) == [], 20)
    with pytest.raises(Refused):
        alice.query(answer.query_id)
    assert bob.query(kept.query_id)["answer"] == kept.answer
    audit = AuditClient(own.admin, LogKey((own.system.home / "keys" / "audit.vkey").read_text()))
    signed, record = audit.key.open(made["checkpoint"]), made["record"].encode()
    proof = [base64.b64decode(each) for each in made["proof"]]
    assert proves_inclusion(leaf_hash(record), made["leaf_index"], signed.size, proof, signed.root)
    assert '"answers":1' in made["record"]
    assert audit.verify().gaps == []


def test_only_administrators_erase(own: Company) -> None:
    eve = own.person("eve")
    with pytest.raises(Refused) as refused:
        eve.call("POST", "/api/audit/erasures", json={"person": "person:eve", "reason": "because"})
    assert refused.value.status == 403
