"""One trace from the caller to the model and the audit log, as a collector receives it; metrics, and logs."""

import json
import re
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bench.system import system
from tests.services.connectors.running import ERP
from tests.support.company import STAND_INS, Company, raw
from tests.support.otlp_receiver import Receiver, Span, receiving
from tests.support.promtool import checked

ASKED = "How long is the warranty on the pump?"
STEPS = {"query.asked.v1", "query.routed.v1", "query.grounded.v1", "query.ready.v1.default"}
SERVER, CLIENT, PRODUCER, CONSUMER = 2, 3, 4, 5  # of the protocol's SpanKind
DESTINATION = "messaging.destination.name"
PARENT = "b7ad6b7169203331"


@pytest.fixture(scope="module")
def traced() -> Iterator[tuple[Company, Receiver]]:
    with receiving() as receiver, system(**STAND_INS, otlp_endpoint=receiver.url) as running:
        yield Company(running), receiver


@pytest.fixture(scope="module")
def asked(traced: tuple[Company, Receiver]) -> tuple[str, list[Span]]:
    """A question's id, and the spans of its trace, once the audit log has written the answer down."""
    company, receiver = traced
    name = company.workspace("service")
    # With named queries, connectors ask retrieval what the question means.
    declared = (ERP / "connectors.toml").read_text(encoding="utf-8")
    (company.system.home / "connectors.toml").write_text(
        declared.replace('"finance", "legal", "production"', f'"{name}"')
    )
    company.until(company.admin.named_queries)
    company.paper(name, "warranty.md", "The warranty on the pump is twenty-four months from delivery.")
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace}-{PARENT}-01"}
    reply = raw(company.admin, "POST", "/api/chat", json={"question": ASKED, "workspace": name}, headers=headers)
    assert reply.status_code == 200, reply.text

    def whole() -> list[Span]:
        found = receiver.trace(trace)
        audited = [span for span in found if span.service == "cloister-audit"]
        done = {"process answer"} <= {span.name for span in audited} and any(span.kind == SERVER for span in found)
        return found if done else []

    return reply.json()["query_id"], company.until(whole, 30)


def test_every_service_has_its_part_of_one_trace_and_every_parent_is_in_it(asked: tuple[str, list[Span]]) -> None:
    _, spans = asked
    services = {span.service.removeprefix("cloister-") for span in spans}
    assert services >= {"gateway", "auth", "connectors", "retrieval", "dispatch", "inference", "audit"}
    ids = {span.id for span in spans} | {PARENT}
    assert [span for span in spans if span.parent not in ids] == []


def test_every_span_names_the_question_and_none_says_what_was_asked(asked: tuple[str, list[Span]]) -> None:
    query, spans = asked
    assert "process retrieval.embed.v1" in {span.name for span in spans}
    assert [span.name for span in spans if span.attributes.get("cloister.query.id") != query] == []
    told = json.dumps([[span.name, span.attributes] for span in spans])
    assert "warranty" not in told
    assert "twenty-four" not in told


def test_the_request_is_described_as_the_http_conventions_want(asked: tuple[str, list[Span]]) -> None:
    _, spans = asked
    (span,) = [span for span in spans if span.kind == SERVER]
    assert (span.name, span.parent) == ("POST /api/chat", PARENT)
    wanted = {"http.request.method": "POST", "http.route": "/api/chat", "http.response.status_code": 200}
    assert wanted.items() <= span.attributes.items()
    assert {"url.path", "url.scheme", "server.address", "server.port"} <= span.attributes.keys()


def test_the_call_of_the_model_is_described_as_the_conventions_for_generative_ai_want(
    asked: tuple[str, list[Span]],
) -> None:
    _, spans = asked
    workers = {span.id for span in spans if span.name.startswith("process query.ready")}
    (span,) = [span for span in spans if span.kind == CLIENT and span.parent in workers]
    assert (span.name, span.service) == ("chat reader", "cloister-inference")
    about = span.attributes
    named = about["gen_ai.operation.name"], about["gen_ai.provider.name"]
    assert named == ("chat", "tests.support.extractive_engine")
    assert (about["gen_ai.request.model"], about["gen_ai.response.model"]) == ("reader", "reader-1")
    assert about["gen_ai.usage.input_tokens"] > 0 < about["gen_ai.usage.output_tokens"]
    assert about["gen_ai.response.finish_reasons"] == ["stop"]
    assert 0 <= about["gen_ai.response.time_to_first_chunk"] < 30


def test_each_step_is_published_processed_and_audited_with_the_attributes_of_messaging(
    asked: tuple[str, list[Span]],
) -> None:
    _, spans = asked
    for step in STEPS:
        (sent,) = [span for span in spans if span.kind == PRODUCER and span.attributes[DESTINATION] == step]
        assert sent.attributes["messaging.operation.type"] == "send"
        taken = [span for span in spans if span.parent == sent.id]
        assert len(taken) == 2, "the next service, and the audit log"
        for span in taken:
            about = span.attributes
            assert (span.kind, about["messaging.system"], about["messaging.operation.type"]) == (
                CONSUMER, "nats", "process"
            )  # fmt: skip
            assert about["messaging.consumer.group.name"]
            assert about["messaging.message.id"]
        assert [span.service for span in taken].count("cloister-audit") == 1


def test_the_metrics_count_queue_tokens_requests_sign_ins_and_stages(
    traced: tuple[Company, Receiver], asked: tuple[str, list[Span]]
) -> None:
    company, _ = traced
    text = company.admin.client.get("/metrics").text
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["cloister_queue_waiting", "default", "interactive"] == 0
    assert found["cloister_queue_wait_seconds_count", "default", "interactive"] >= 1
    assert found["cloister_first_token_seconds_count", "interactive"] >= 1
    assert found["cloister_model_first_token_seconds_count", "reader"] >= 1
    assert found["cloister_tokens_total", "input", "reader"] > 0
    assert found["cloister_http_request_seconds_count", "/api/chat", "200", "POST"] >= 1
    assert found["cloister_sign_ins_total", "password", "signed_in"] >= 1
    assert checked("metrics", given=text) == "", "promtool complains"
    for stage in ("fetch", "parse", "keep", "embed", "index"):
        assert found["cloister_ingestion_stage_seconds_count", stage] >= 1
    assert found["cloister_documents_total", "", "indexed"] >= 1
    assert found["cloister_events_total", "audit", "done", "query.asked.v1"] >= 1


def test_every_line_of_the_logs_is_json_the_one_of_the_bus_too(traced: tuple[Company, Receiver]) -> None:
    company, _ = traced
    logs = sorted((company.system.home / "log").glob("*.jsonl"))
    assert {"nats.jsonl", "cloister.jsonl"} <= {path.name for path in logs}
    for path in logs:
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    told = [json.loads(line) for line in (company.system.home / "log" / "nats.jsonl").read_text().splitlines()]
    assert any(re.match(r"Server is ready", line["message"]) and line["level"] == "INFO" for line in told)
