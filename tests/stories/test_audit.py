"""What a question leaves behind: one trace through every service, and a record of every step."""

import json

from client import Http
from client.audit import LogKey
from client.audit.service import AuditClient
from shared.events import Record
from tests.support.company import Company, raw

ASKED = "How long is the warranty on the pump?"
STEPS = ["query.asked.v1", "query.routed.v1", "query.grounded.v1", "query.ready.v1.default"]


def asked(cloister: Company) -> tuple[str, str, Http]:
    """A question that was answered: its query, its person's id, and the person."""
    name = cloister.workspace("service")
    cloister.paper(name, "warranty.md", "The warranty on the pump is twenty-four months from delivery.")
    alice = cloister.person("alice", name)
    return alice.ask(ASKED, workspace=name).query_id, alice.me()["id"], alice


def test_every_step_left_a_record(cloister: Company) -> None:
    query, alice, _ = asked(cloister)
    rows = cloister.recorded(query, *STEPS, f"answer.gateway.{query}")
    assert [row.subject for row in rows if row.stream == "QUERIES"] == STEPS
    assert [row.source.rsplit("/", 1)[-1] for row in rows if row.stream == "QUERIES"] == [
        "gateway", "connectors", "retrieval", "dispatch"
    ]  # fmt: skip
    assert {row.principal for row in rows} == {alice}
    assert len({row.digest for row in rows}) == len(rows) == 5
    assert all(row.size > 0 for row in rows)


def test_a_record_says_from_where_by_which_grant_with_what_and_how(cloister: Company) -> None:
    query, _, _ = asked(cloister)
    rows = {row.subject: row for row in cloister.recorded(query, *STEPS, f"answer.gateway.{query}")}
    first, last = rows["query.asked.v1"], rows[f"answer.gateway.{query}"]
    assert first.origin == {"address": "127.0.0.1", "interface": "http", "credential": "token"}
    assert len(first.facts["grants"]) == 1
    assert rows["query.grounded.v1"].facts["passages"][0].count(":") == 2
    assert len(last.facts["prompt"]) == 12
    assert len(last.facts["answer_hash"]) == 64
    assert last.facts["citations"]


def test_every_step_of_a_document_left_a_record(cloister: Company) -> None:
    document = cloister.paper(cloister.workspace("service"), "a.md", "A pump has a seal.")["document_id"]
    steps = [f"document.{done}.v1" for done in ("uploaded", "chunked", "indexed", "embedded")]
    assert [row.subject for row in cloister.recorded(document, *steps)] == steps
    cloister.admin.discard(document)
    cloister.recorded(document, "document.removed.v1")


def test_the_audit_log_holds_no_word_of_question_or_answer(cloister: Company) -> None:
    query, _, _ = asked(cloister)
    cloister.recorded(query, f"answer.gateway.{query}")
    shown = raw(cloister.admin, "GET", f"/api/audit?about={query}").text
    assert "warranty" not in shown
    assert "twenty-four" not in shown


def test_the_audit_log_is_for_auditors(cloister: Company) -> None:
    _, _, alice = asked(cloister)
    reply = raw(alice, "GET", "/api/audit")
    assert (reply.status_code, reply.json()["reason"]) == (403, "forbidden")


def test_the_audit_log_can_be_followed(cloister: Company) -> None:
    query, _, _ = asked(cloister)
    followed = cloister.admin.follow(after=0, about=query)
    # The answer is in a stream of its own: its row may come before one of the steps'.
    told = [next(followed).subject for _ in range(len(STEPS) + 1)]
    assert [subject for subject in told if subject in STEPS] == STEPS


def test_one_trace_runs_through_every_service(cloister: Company) -> None:
    name = cloister.workspace("service")
    cloister.paper(name, "warranty.md", "The warranty on the pump is twenty-four months from delivery.")
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    reply = raw(cloister.admin, "POST", "/api/chat", json={"question": ASKED, "workspace": name}, headers=headers)
    assert reply.status_code == 200, reply.text
    services = {"gateway", "auth", "connectors", "retrieval", "dispatch", "inference"}
    cloister.until(lambda: services <= seen(cloister, trace), 15)


def seen(cloister: Company, trace: str) -> set[str]:
    """The services that have a span of this trace."""
    lines = (cloister.system.home / "traces.jsonl").read_text().splitlines()
    spans = [span for line in lines if (span := json.loads(line))["trace_id"] == trace]
    return {span["service"].removeprefix("cloister-") for span in spans}


def test_the_running_log_is_verified_from_outside_and_each_record_proved(cloister: Company) -> None:
    query, _, _ = asked(cloister)
    records = cloister.recorded(query, f"answer.gateway.{query}")
    key = LogKey((cloister.system.home / "keys" / "audit.vkey").read_text())
    audit = AuditClient(cloister.admin, key)
    before = audit.checkpoint()
    report = audit.verify()
    assert report.gaps == []
    assert report.records == report.size >= records[-1].seq
    assert all(audit.prove(record.seq).size >= record.seq for record in records)
    assert audit.extends(before).size >= before.size


def test_an_old_answer_a_document_and_a_page_leave_a_record_before_they_are_shown(cloister: Company) -> None:
    name = cloister.workspace("service")
    document = cloister.paper(name, "warranty.md", "The warranty on the pump is twenty-four months.")["document_id"]
    alice = cloister.person("alice", name)
    query, who = alice.ask(ASKED, workspace=name).query_id, alice.me()["id"]
    alice.query(query)
    for path in ("content", "revisions/1/content", "revisions/1/pages/1"):
        assert raw(alice, "GET", f"/api/documents/{document}/{path}").status_code == 200
    (shown,) = [row for row in cloister.recorded(query, "query.shown.v1") if row.subject == "query.shown.v1"]
    assert (shown.principal, shown.facts["form"], shown.facts["documents"]) == (who, "answer", [f"{document}:1"])
    rows = cloister.until(lambda: three(cloister, document), 10)
    assert [(row.principal, row.facts["form"], row.facts.get("page")) for row in rows] == [
        (who, "content", None), (who, "content", None), (who, "page", 1)
    ]  # fmt: skip


def three(cloister: Company, document: str) -> list[Record]:
    rows = [row for row in cloister.admin.audit_records(about=document) if row.subject == "document.shown.v1"]
    return rows if len(rows) == 3 else []
