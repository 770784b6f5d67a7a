"""What other systems are given: valid for OCSF's own schema, and safe wherever a value is hostile."""

import csv
import io
import json
from functools import cache
from typing import Any

import jsonschema
import ocsf_json_schema
import pytest

from services.audit.entry_builder import entry_of
from services.audit.export.cef import cef, extension, header
from services.audit.export.ecs import ecs
from services.audit.export.formats import rendered
from services.audit.export.ocsf import ocsf
from services.audit.export.table import csv_line
from shared.events import CSV_COLUMNS
from tests.support.audit_log import SALT, event

PRINCIPAL = {"id": "person:alice", "name": "alice", "roles": ["manager"]}
PASSAGE = {"document_id": "d1", "revision": 2, "chunk": 3, "workspace": "finance", "page": 4, "text": "秘密"}
EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("query.asked.v1", {"query": "q1", "principal": PRINCIPAL, "question": "工资？", "lane": "interactive"}),
    ("query.grounded.v1", {"query": "q1", "principal": PRINCIPAL, "passages": [PASSAGE]}),
    ("query.ready.v1.default", {"query": "q1", "principal": PRINCIPAL, "pool": "default"}),
    ("query.searched.v1", {"query": "q2", "principal": PRINCIPAL, "question": "x", "passages": [PASSAGE]}),
    ("query.shown.v1", {"query": "q1", "principal": PRINCIPAL, "form": "answer", "queries": ["q1"]}),
    ("answer.gateway.q1", {"query": "q1", "principal": "person:alice", "answer": "A", "model": "qwen3",
                           "usage": {"prompt_tokens": 7, "completion_tokens": 2}}),
    ("answer.crm.q3", {"query": "q3", "principal": "app:crm", "error": "late", "reason": "expired", "status": 504}),
    ("document.uploaded.v1", {"document_id": "d1", "revision": 1, "uploaded_by": "person:bob", "title": "工资.pdf"}),
    ("document.shown.v1", {"document_id": "d1", "revision": 1, "principal": PRINCIPAL, "form": "page", "page": 3}),
    ("document.shown.v1", {"document_id": "d1", "revision": 1, "principal": PRINCIPAL, "form": "content"}),
    ("document.removed.v1", {"document_id": "d1", "revision": 1, "by": "person:bob"}),
    ("access.attempted.v1", {"who": "mallory", "outcome": "refused", "reason": "wrong_password"}),
    ("access.attempted.v1", {"who": "person:alice", "outcome": "signed_in"}),
    ("access.changed.v1", {"actor": "person:root", "act": "user.created", "target": "person:eve"}),
    ("access.changed.v1", {"actor": "person:root", "act": "grant.created", "target": "finance",
                           "detail": {"to": "group:hr", "actions": ["ask", "read"]}}),
    ("access.changed.v1", {"actor": "person:root", "act": "key.removed", "target": "app:crm"}),
    ("audit.read.v1", {"principal": PRINCIPAL, "filter": {"about": "q1"}, "form": "records"}),
    ("audit.alerted.v1", {"principal": "person:alice", "rule": "bulk_reading", "value": 400}),
    ("failed.retrieval", {"service": "retrieval", "event": "query.asked.v1", "about": "q9", "reason": "gave_up"}),
    ("query.asked.v1", {}),
]  # fmt: skip
NAMES = {6003: "api_activity", 6005: "datastore_activity", 6006: "file_hosting", 3001: "account_change",
         3002: "authentication", 3004: "entity_management", 3005: "user_access", 2004: "detection_finding"}  # fmt: skip


def record(number: int, subject: str, body: dict[str, Any]) -> dict[str, Any]:
    message = event(number, body, subject=subject)
    message.headers["cloister-origin"] = '{"address":"10.0.0.7","interface":"http","credential":"token"}'
    found: dict[str, Any] = json.loads(entry_of(message, SALT).leaf(number))
    return found


RECORDS = [record(n, subject, body) for n, (subject, body) in enumerate(EVENTS, 1)]


@cache
def validator(kind: int, profiles: tuple[str, ...]) -> jsonschema.protocols.Validator:
    schema = ocsf_json_schema.OcsfJsonSchemaEmbedded(ocsf_json_schema.get_ocsf_schema("1.8.0"))
    found = schema.get_class_schema(NAMES[kind], list(profiles))
    return jsonschema.validators.validator_for(found)(found)


@pytest.mark.parametrize("told", RECORDS, ids=lambda told: told["subject"])
def test_every_kind_of_record_is_a_valid_ocsf_event(told: dict[str, Any]) -> None:
    found = ocsf(told)
    profiles = tuple(found["metadata"].get("profiles", ()))
    errors = [error.message for error in validator(found["class_uid"], profiles).iter_errors(found)]
    assert errors == []


def test_an_answer_names_its_model_and_a_document_its_class() -> None:
    by_subject = {told["subject"]: ocsf(told) for told in RECORDS}
    assert by_subject["answer.gateway.q1"]["ai_model"]["name"] == "qwen3"
    assert by_subject["answer.gateway.q1"]["message_context"]["prompt_tokens"] == 7
    assert by_subject["document.removed.v1"]["type_uid"] == 600604
    assert by_subject["audit.alerted.v1"]["class_uid"] == 2004


def test_ecs_names_the_record_the_person_and_the_address() -> None:
    found = ecs(RECORDS[0])
    assert (found["event"]["id"], found["user"]["name"], found["source"]["ip"]) == ("1", "alice", "10.0.0.7")
    assert ecs(RECORDS[11])["event"]["outcome"] == "failure"


HOSTILE = "a|b\\c=d\r\ne"


def test_cef_escapes_what_would_end_a_field() -> None:
    assert header(HOSTILE) == "a\\|b\\\\c=d  e"
    assert extension(HOSTILE) == "a|b\\\\c\\=d\\r\\ne"
    line = cef(record(1, "access.attempted.v1", {"who": HOSTILE, "outcome": "refused"}))
    assert "\n" not in line
    assert line.split("|")[:2] == ["CEF:0", "Cloister"]
    assert "suser=a|b\\\\c\\=d\\r\\ne" in line


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_holds_no_formula(text: str) -> None:
    line = csv_line(record(1, "access.attempted.v1", {"who": text, "outcome": "refused"}))
    (row,) = csv.reader(io.StringIO(line, newline=""))
    assert row[CSV_COLUMNS.index("principal")] == f"'{text}"


@pytest.mark.parametrize("form", ["json", "ocsf", "ecs", "cef", "csv"])
def test_no_format_tells_what_was_asked_found_or_answered(form: Any) -> None:
    lines = "".join(rendered(json.dumps(told, ensure_ascii=False).encode(), form) for told in RECORDS)
    assert "秘密" not in lines
    assert "工资" not in lines
