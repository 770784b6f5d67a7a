"""What a question leaves behind: one trace through every service, and a row in the trail for every step."""

import json

from client import Http
from tests.support.company import Company, raw

ASKED = "How long is the warranty on the pump?"
STEPS = ["query.asked.v1", "query.routed.v1", "query.grounded.v1", "query.ready.v1.default"]


def asked(cloister: Company) -> tuple[str, str, Http]:
    """A question that was answered: its query, its person's id, and the person."""
    name = cloister.workspace("service")
    cloister.paper(name, "warranty.md", "The warranty on the pump is twenty-four months from delivery.")
    alice = cloister.person("alice", name)
    return alice.ask(ASKED, workspace=name).query_id, alice.me()["id"], alice


def test_every_step_left_a_row_in_the_trail(cloister: Company) -> None:
    query, alice, _ = asked(cloister)
    rows = cloister.recorded(query, *STEPS, f"answer.gateway.{query}")
    assert [row.subject for row in rows if row.stream == "QUERIES"] == STEPS
    assert [row.source.rsplit("/", 1)[-1] for row in rows if row.stream == "QUERIES"] == [
        "gateway", "connectors", "retrieval", "dispatch"
    ]  # fmt: skip
    assert {row.principal for row in rows} == {alice}
    assert len({row.digest for row in rows}) == len(rows) == 5
    assert all(row.size > 0 for row in rows)


def test_every_step_of_a_document_left_a_row(cloister: Company) -> None:
    document = cloister.paper(cloister.workspace("service"), "a.md", "A pump has a seal.")["document_id"]
    steps = [f"document.{done}.v1" for done in ("uploaded", "chunked", "indexed")]
    assert [row.subject for row in cloister.recorded(document, *steps)] == steps
    cloister.admin.discard(document)
    cloister.recorded(document, "document.removed.v1")


def test_the_trail_holds_no_word_of_question_or_answer(cloister: Company) -> None:
    query, _, _ = asked(cloister)
    cloister.recorded(query, f"answer.gateway.{query}")
    shown = raw(cloister.admin, "GET", f"/api/audit?about={query}").text
    assert "warranty" not in shown
    assert "twenty-four" not in shown


def test_the_trail_is_for_auditors(cloister: Company) -> None:
    _, _, alice = asked(cloister)
    reply = raw(alice, "GET", "/api/audit")
    assert (reply.status_code, reply.json()["reason"]) == (403, "forbidden")


def test_the_trail_can_be_followed(cloister: Company) -> None:
    query, _, _ = asked(cloister)
    followed = cloister.admin.follow(after=0, about=query)
    # The answer is in a stream of its own: its row may come before one of the steps'.
    told = [next(followed).subject for _ in range(4)]
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
