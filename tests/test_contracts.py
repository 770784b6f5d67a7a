"""A change of what is published shows in this commit's diff of contracts.json."""

from importlib import import_module

from services.__main__ import ALL
from shared.bus import Service
from shared.events import EVENTS, Event, requests
from tests.documentation.contracts import SNAPSHOT, text

SERVICES: list[Service] = [import_module(f"services.{name}").service for name in ALL]


def test_the_snapshot_is_what_the_code_publishes() -> None:
    assert SNAPSHOT.read_text() == text(), "an event changed; if that is wanted, run `make docs` and review the diff"


def test_every_subject_has_one_class_and_a_version() -> None:
    subjects = [message.subject for message in (*EVENTS, *requests())]
    assert len(subjects) == len(set(subjects))
    others = ("ask.", "signal.", "sched.", "due.", "answer.", "stream.", "failed.")
    assert [s for s in subjects if ".v1" not in s and not s.startswith(others)] == []


def test_every_event_is_known_to_the_outbox() -> None:
    def below(kind: type[Event]) -> set[type[Event]]:
        return {kind} | {found for child in kind.__subclasses__() for found in below(child)}

    assert {event for event in below(Event) if "subject" in vars(event)} == set(EVENTS)


def test_every_emitted_event_is_heard_by_someone() -> None:
    heard = {edge.message for service in SERVICES for edge in service.edges if edge.kind in ("consume", "subscribe")}
    kept = {stream for service in SERVICES for edge in service.edges if edge.kind == "batch" for stream in edge.message}
    emitted = {event for service in SERVICES for events in service.published.values() for event in events}
    assert {event.__name__ for event in emitted - heard if not kept} == set()


def test_every_request_is_answered_by_one_service() -> None:
    answered = [edge.message for service in SERVICES for edge in service.edges if edge.kind == "reply"]
    assert sorted(r.__name__ for r in answered) == sorted(r.__name__ for r in requests())
