"""Who may say and hear what, asked of a real server: the table comes from registry.toml, the exceptions from us."""

from collections.abc import Iterator
from importlib import import_module

import pytest

from infra.nats.policy import USERS, permissions_of
from shared.events import requests
from shared.streams import OBJECTS, STREAMS
from shared.streams.consumers import covers
from tests.servers.bus import Server, nats_server
from tests.servers.wire import refused

SAYS = sorted({subject for service in USERS for subject in permissions_of(service).publish})
HEARS = sorted({subject for service in USERS for subject in permissions_of(service).subscribe})
DESTROY = ["$JS.API.STREAM.DELETE.AUDIT", "$JS.API.STREAM.PURGE.AUDIT", "$JS.API.STREAM.MSG.DELETE.AUDIT"]
CREATE = ["$JS.API.STREAM.CREATE.X", "$JS.API.CONSUMER.CREATE.QUERIES", "$JS.API.CONSUMER.CREATE.QUERIES.x.query.>"]
SECRETS = [">", "*.>", "answer.>", "query.>", "_INBOX.>", "$JS.>", "$SYS.>", "ask.crm", "audit.>", "failed.>"]
NEVER = {
    "gateway": ["query.grounded.v1", "query.ready.v1.default", "document.uploaded.v1", "access.changed.v1"],
    "auth": ["query.asked.v1", "answer.crm.1", "$O.documents.C.1", "$JS.API.DIRECT.GET.ANSWERS"],
    "ingestion": ["query.asked.v1", "answer.crm.1", "document.indexed.v1", "stream.crm.1"],
    "retrieval": ["answer.crm.1", "query.ready.v1.default", "document.uploaded.v1", "auth.admit.v1"],
    "connectors": ["answer.crm.1", "query.ready.v1.default", "document.uploaded.v1", "auth.sign_in.v1"],
    "dispatch": ["answer.crm.1", "query.asked.v1", "worker.seen.v1", "$JS.ACK.QUERIES.audit.1.1.1.1.1"],
    "inference": ["query.ready.v1.default", "query.asked.v1", "auth.admit.v1", "$JS.ACK.QUERIES.dispatch.1.1.1.1.1"],
    "audit": ["query.asked.v1", "answer.crm.1", "access.changed.v1", "audit.checkpoint.v1"],
    "provisioner": ["query.asked.v1", "answer.crm.1", "$JS.API.CONSUMER.MSG.NEXT.QUERIES.audit"],
}
OBJECT_API = [
    "$O.documents.C.x",
    "$O.documents.M.x",
    "$JS.API.DIRECT.GET.OBJ_documents",
    "$JS.API.STREAM.PURGE.OBJ_documents",
]


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with nats_server(tmp_path_factory.mktemp("bus"), edge=("crm", "hr")) as server:
        yield server


def examples(patterns: list[str]) -> list[str]:
    """A subject that each pattern stands for."""
    return [pattern.replace("*", "x").replace(">", "x.y") for pattern in patterns]


def beyond(subjects: list[str], rights: tuple[str, ...]) -> set[str]:
    return {subject for subject in subjects if not any(covers(right, subject) for right in rights)}


@pytest.mark.parametrize("service", USERS)
async def test_a_service_may_say_and_hear_what_the_policy_names_and_nothing_else(bus: Server, service: str) -> None:
    rights, says, hears = permissions_of(service), examples(SAYS), [*examples(HEARS), *HEARS]
    assert await refused(bus.port, bus.seed(service), says, []) == beyond(says, rights.publish)
    assert await refused(bus.port, bus.seed(service), [], hears) == beyond(hears, rights.subscribe)


@pytest.mark.parametrize("service", NEVER)
async def test_a_service_that_is_taken_over_cannot_do_what_is_not_its_part(bus: Server, service: str) -> None:
    forbidden = [*NEVER[service], *DESTROY, *([] if service == "provisioner" else CREATE)]
    assert await refused(bus.port, bus.seed(service), forbidden, SECRETS) == {*forbidden, *SECRETS}


@pytest.mark.parametrize("service", [name for name in USERS if name != "provisioner"])
def test_a_service_may_do_what_it_declares(service: str) -> None:
    declared, rights = import_module(f"services.{service}").service, permissions_of(service)
    for event in {event for events in declared.published.values() for event in events}:
        template = event.subject.replace("{service}", service)
        assert not beyond(["x".join(template.replace("{", "}").split("}")[::2])], rights.publish), event.subject
    for edge in declared.edges:
        if edge.kind == "reply":
            assert not beyond([edge.message.subject], rights.subscribe), edge.message.subject
        elif edge.kind in ("subscribe", "subject"):
            subject = edge.message if edge.kind == "subject" else edge.message.heard_as
            tokens = [str(edge.option(t[1:-1], "*")) if t.startswith("{") else t for t in subject.split(".")]
            assert not beyond([".".join(tokens)], rights.subscribe), subject


def test_no_request_is_ever_stored() -> None:
    subjects = [subject for stream in (*STREAMS, OBJECTS) for subject in stream.subjects]
    for request in requests():
        assert not [kept for kept in subjects if covers(kept, request.subject)], request.subject


async def test_a_business_system_asks_as_itself_and_hears_its_own_answers(bus: Server) -> None:
    others = [
        "ask.hr",
        "recall.hr",
        "answer.crm.1",
        "answered.crm.1",
        "stream.crm.1",
        "query.asked.v1",
        "auth.admit.v1",
    ]
    ears = [
        "answered.hr.>",
        "answered.>",
        "answer.crm.>",
        "stream.hr.1",
        "ask.crm",
        "_INBOX_hr.>",
        "_INBOX.>",
        *SECRETS,
    ]
    says, hears = ["ask.crm", "recall.crm", *others], ["answered.crm.>", "stream.crm.1", "_INBOX_crm.x", *ears]
    assert await refused(bus.port, "crm", says, hears) == {*others, *ears}


@pytest.mark.parametrize("service", ["auth", "retrieval", "dispatch", "inference", "audit", "provisioner"])
async def test_the_bytes_of_documents_are_for_the_gateway_and_ingestion_alone(bus: Server, service: str) -> None:
    assert await refused(bus.port, bus.seed(service), OBJECT_API, ["$O.>"]) == {*OBJECT_API, "$O.>"}


def test_the_key_files_are_for_their_owner_alone(bus: Server) -> None:
    secret = [path for path in bus.keys.rglob("*") if path.is_file() and path.suffix != ".pub"]
    assert len(secret) > 10
    assert not [path.name for path in secret if path.stat().st_mode & 0o077]
