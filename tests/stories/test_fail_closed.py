"""No answer without a record: while the audit log cannot be written, nothing is answered, searched or shown."""

from collections.abc import Iterator

import pytest

from bench.system import system
from tests.support.company import STAND_INS, Company, raw

ASKED = "How long is the warranty on the pump?"


@pytest.fixture(scope="module")
def own() -> Iterator[Company]:
    with system(**STAND_INS) as running:
        yield Company(running)


def test_questions_searches_and_downloads_are_refused_until_the_log_is_back(own: Company) -> None:
    name = own.workspace("service")
    document = own.paper(name, "pump.md", "The warranty on the pump is twenty-four months.")["document_id"]
    alice = own.person("alice", name)
    answer = alice.ask(ASKED, workspace=name)
    calls = (
        ("POST", "/api/chat", {"json": {"question": ASKED, "workspace": name}}),
        ("POST", "/api/search", {"json": {"question": ASKED, "workspace": name}}),
        ("GET", f"/api/documents/{document}/content", {}),
        ("GET", f"/api/queries/{answer.query_id}", {}),
    )
    log, away = own.system.home / "audit.db", own.system.home / "away.db"
    log.rename(away)
    own.until(lambda: raw(alice, *calls[0][:2], **calls[0][2]).status_code == 503, 15)
    for method, path, given in calls:
        reply = raw(alice, method, path, **given)
        assert (reply.status_code, reply.json()["reason"]) == (503, "audit_unavailable"), path
        assert "deleted or replaced" in reply.json()["error"]
    away.rename(log)
    own.until(lambda: raw(alice, *calls[0][:2], **calls[0][2]).status_code == 200, 15)
    assert own.admin.ready() == {}
