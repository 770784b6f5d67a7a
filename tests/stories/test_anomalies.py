"""Misuse is noticed while it happens: a rule's ban holds within a second, says until when, and is lifted by hand."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.system import system
from client import Http, Refused
from tests.support.company import PASSWORD, STAND_INS, Company, raw

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

[[rule]]
name = "test_searching"
why = "four searches in a minute"
subject = "query.searched."
window = "1m"
above = 3
act = "lock"
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
    (ban,) = watched.admin.call("GET", "/api/bans")["bans"]
    assert (ban["principal"], ban["rule"]) == (who, "test_reading")
    (alert,) = watched.until(lambda: watched.admin.audit_records(kind="audit.alerted."), 10)
    assert (alert.principal, alert.facts["rule"], alert.facts["value"]) == (who, "test_reading", 3.0)
    assert raw(watched.admin, "POST", f"/api/bans/{who}/lift").json() == {"principal": who, "banned": False}
    watched.until(lambda: refusal(eve) is None, 5)
    tried = watched.admin.call("POST", "/api/audit/rules/try", json={"rules": RULES.replace("above = 2", "above = 1")})
    assert [(found["who"], found["value"]) for found in tried["findings"]] == [(who, 2.0)]
    assert raw(watched.admin, "POST", "/api/audit/rules/try", json={"rules": "[[rule]]\nname = 1"}).status_code == 422


def test_an_alert_is_listed_and_acknowledged_by_an_auditor(watched: Company) -> None:
    name = watched.workspace("papers")
    papers = [watched.paper(name, f"{n}.md", f"Paper {n} is about valves.")["document_id"] for n in range(3)]
    ben, ann = watched.person("ben", name), watched.person("ann", roles=["auditor"])
    who = ben.me()["id"]
    for paper in papers:
        assert raw(ben, "GET", f"/api/documents/{paper}/content").status_code == 200
    alert = watched.until(lambda: next(iter(alerts(ann, who)), None), 20)
    assert (alert["rule"], alert["act"], alert["acknowledged_by"]) == ("test_reading", "ban", None)
    ann.call("POST", f"/api/alerts/{alert['seq']}/acknowledge", json={"note": "an inventory, call 13800138000"})
    (seen,) = watched.until(lambda: [one for one in alerts(ann, who) if one["acknowledged_by"]], 10)
    assert (seen["acknowledged_by"], seen["note"]) == (ann.me()["id"], "an inventory, call <phone>")
    assert alerts(ann, who, "?open=true") == []
    assert raw(ann, "POST", "/api/alerts/1/acknowledge", json={}).json()["reason"] == "alert_not_found"


def test_who_is_locked_by_a_rule_stays_out_until_an_administrator_unlocks(watched: Company) -> None:
    mallory = watched.person("mallory", watched.workspace("papers"))
    me = mallory.me()
    for _ in range(4):
        assert raw(mallory, "POST", "/api/search", json={"question": "pumps"}).status_code == 200
    refused: Refused = watched.until(lambda: refusal(mallory), 20)
    assert (refused.reason, refused.status) == ("unauthenticated", 401)
    with pytest.raises(Refused):
        mallory.login(me["name"], PASSWORD)
    watched.until(lambda: "user.locked" in acts(watched, me["id"]), 10)
    assert [one["act"] for one in alerts(watched.admin, me["id"])] == ["lock"]
    watched.admin.call("POST", f"/api/users/{me['name']}/unlock")
    mallory.login(me["name"], PASSWORD)


def acts(company: Company, about: str) -> set[str]:
    return {record.facts["act"] for record in company.admin.audit_records(kind="access.changed.", about=about)}


def alerts(reader: Http, who: str, query: str = "") -> list[dict[str, Any]]:
    return [one for one in reader.call("GET", f"/api/alerts{query}")["alerts"] if one["principal"] == who]
