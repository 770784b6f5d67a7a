"""Misuse is noticed while it happens: a rule's ban holds within a second, says until when, and is lifted by hand."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.system import system
from client import Http, Refused
from tests.support.company import STAND_INS, Company, raw

RULES = """
[[rule]]
name = "test_reading"
why = "three documents in a minute"
subject = "document.shown."
distinct = "about"
window = "1m"
above = 2
act = "ban"
ban = "10m"
"""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    path: Path = tmp_path_factory.mktemp("rules") / "rules.toml"
    path.write_text(RULES)
    with system(**STAND_INS, audit_rules=str(path)) as running:
        yield Company(running)


def refusal(person: Http) -> Refused | None:
    try:
        person.me()
    except Refused as refused:
        return refused
    return None


def test_who_reads_in_bulk_is_kept_out_until_it_is_over_or_lifted(watched: Company) -> None:
    name = watched.workspace("papers")
    papers = [watched.paper(name, f"{n}.md", f"Paper {n} is about pumps.")["document_id"] for n in range(3)]
    eve = watched.person("eve", name)
    who = eve.me()["id"]
    for paper in papers:
        assert raw(eve, "GET", f"/api/documents/{paper}/content").status_code == 200
    began = time.monotonic()
    refused: Refused = watched.until(lambda: refusal(eve), 20)
    assert (refused.reason, refused.status) == ("banned", 403)
    assert "UTC" in refused.error
    assert "test_reading" in refused.error
    assert time.monotonic() - began < 15
    (alert,) = watched.until(lambda: watched.admin.audit_records(kind="audit.alerted."), 10)
    assert (alert.principal, alert.facts["rule"], alert.facts["value"]) == (who, "test_reading", 3.0)
    assert raw(watched.admin, "POST", f"/api/bans/{who}/lift").json() == {"principal": who, "banned": False}
    watched.until(lambda: refusal(eve) is None, 5)
    tried = watched.admin.call("POST", "/api/audit/rules/try", json={"rules": RULES.replace("above = 2", "above = 1")})
    assert [(found["who"], found["value"]) for found in tried["findings"]] == [(who, 2.0)]
    assert raw(watched.admin, "POST", "/api/audit/rules/try", json={"rules": "[[rule]]\nname = 1"}).status_code == 422
