"""The reference pages agree with the code."""

import json
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.documentation import asyncapi, events, reasons, settings
from tests.documentation.events import ROOT
from tests.documentation.pages import DOCS, PAGES, Page

DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
SECTIONS = ["Context", "Decision", "Consequences", "Alternatives"]
# Of the bus, of `/v1` and of the command line; the page says itself that the server cannot be reached.
ELSEWHERE = {
    "header_refused", "previous_response_not_found", "too_many_texts", "gone", "not_planned", "planner_unavailable",
    "tile_not_found", "connectors_failed", "unreachable", "timed_out", "nothing_to_do",
    "wrong_checksum",
}  # fmt: skip
COMPUTED = {"CLOISTER_INFERENCE_THREADS"}  # depends on the machine


def plain(default: object) -> object:
    value = default.get_secret_value() if isinstance(default, SecretStr) else default
    return {None: "", frozenset(): [], True: True, False: False}.get(value, value)  # type: ignore[call-overload]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.name)
def test_a_generated_page_is_current(page: Page) -> None:
    assert page.path.read_text() == page.current(), "run `make docs`"


def test_the_document_of_the_bus_is_current() -> None:
    assert asyncapi.PATH.read_text() == asyncapi.text(), "run `make docs`"


def test_every_event_has_a_publisher_and_a_consumer() -> None:
    assert [row for row in events.event_rows() if "| — |" in row] == []


def test_every_request_has_a_service_that_replies() -> None:
    assert [row for row in events.request_rows() if "| — |" in row] == []


def test_every_reason_for_an_error_is_explained() -> None:
    assert reasons.given() - reasons.explained() == set(), "explain it in docs/reasons.md"


def test_no_reason_is_explained_that_is_never_given() -> None:
    # The gateway and the client fall back on these two when an answer or a reply names none.
    assert reasons.explained() - reasons.given() == {"http_error"}


def test_the_page_has_a_chinese_sentence_for_each_reason_that_it_may_meet() -> None:
    text = (ROOT / "web" / "src" / "core" / "words" / "refusals_zh.ts").read_text(encoding="utf-8")
    assert reasons.explained() - set(re.findall(r"^  (\w+): ['(]", text, re.MULTILINE)) == ELSEWHERE


def test_the_page_says_the_values_of_each_refusal_that_has_some() -> None:
    text = (ROOT / "web" / "src" / "core" / "words" / "refusals_zh.ts").read_text(encoding="utf-8")
    assert set(reasons.with_values()) == set(re.findall(r"^  (\w+): \(", text, re.MULTILINE))
    assert set(reasons.with_values()) == reasons.giving_values()


def test_every_setting_is_listed_and_none_that_does_not_exist() -> None:
    names = {name for name, _ in settings.declared()}
    assert set(settings.listed()) - settings.DIRECT == names - {"CLOISTER_"}


@pytest.mark.parametrize("name", [name for name, _ in settings.declared() if name not in COMPUTED])
def test_a_setting_is_listed_with_its_default(name: str) -> None:
    given, wanted = settings.listed()[name], plain(dict(settings.declared())[name].default)
    if isinstance(wanted, bool | int | float | list):
        assert json.loads(given) == wanted
    else:
        assert given == str(wanted)


def test_every_setting_is_described() -> None:
    rows = [row for row in settings.lines() if row.startswith("| `CLOISTER_")]
    assert len(rows) == len(settings.listed())
    assert [row for row in rows if row.endswith("|  |")] == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_has_the_usual_form_and_is_listed(page: Path) -> None:
    text, number = page.read_text(), int(page.name[:4])
    assert re.match(rf"# {number}\. .+\n\nStatus: (proposed|accepted|superseded)", text)
    assert re.findall(r"^## (.+)$", text, re.M) == SECTIONS
    assert f"]({page.name})" in (page.parent / "README.md").read_text(), "add it to docs/decisions/README.md"
