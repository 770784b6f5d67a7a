"""The sample company is true to itself, and its publishers to what the bus and HTTP take."""

import json
import re
import stat
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from client.cli import passwords
from client.cli.sample import COMPANY
from client.sdk.errors import Refused
from examples.build import built
from services.auth.accounts.schemas import GrantFields, UserFields, WorkspaceFields
from services.gateway.http.schemas import Question
from services.ingestion.sandbox.parse_worker import outcome
from shared.events import Ask, query_id

PUBLISH = COMPANY.parent / "publish"
QUESTIONS = [json.loads(line) for line in (COMPANY / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
PAPERS = sorted(path.relative_to(COMPANY).as_posix() for path in COMPANY.glob("*/*"))


@cache
def parsed(paper: str) -> dict[str, Any]:
    path = COMPANY / paper
    return outcome(path.read_bytes(), path.name)


@cache
def company() -> dict[str, Any]:
    return tomllib.loads((COMPANY / "company.toml").read_text(encoding="utf-8"))


def page(paper: str, number: int) -> str:
    texts = [text for _, text, at, *_ in parsed(paper)["chunks"] if at == number]
    return re.sub(r"\s", "", "".join(texts))


@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_can_be_read(paper: str) -> None:
    assert "reason" not in parsed(paper)
    assert parsed(paper)["chunks"]


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked["question"])
def test_the_answer_stands_on_the_page_that_is_named(asked: dict[str, Any]) -> None:
    answer = re.sub(r"\s", "", asked["answer"])
    assert answer in page(f"{asked['workspace']}/{asked['document']}", asked["page"])


def test_the_papers_are_few_and_of_every_kind() -> None:
    kinds = {Path(paper).suffix for paper in PAPERS}
    assert kinds == {".pdf", ".docx", ".xlsx", ".pptx", ".md", ".txt", ".csv", ".eml"}
    assert 12 <= len(PAPERS) <= 24
    assert sum(len(parsed(paper)["chunks"]) for paper in PAPERS) <= 60


def test_there_are_questions_about_every_paper_in_both_languages() -> None:
    assert {f"{asked['workspace']}/{asked['document']}" for asked in QUESTIONS} == set(PAPERS)
    assert {asked["language"] for asked in QUESTIONS} == {"zh", "en"}


def test_the_files_say_what_their_sources_say() -> None:
    for path, data in built():
        fresh, kept = outcome(data, path.name), parsed(path.relative_to(COMPANY).as_posix())
        assert fresh == kept, f"{path.name} is not what examples/source says: run python -m examples.build"


def test_auth_takes_the_people_the_workspaces_and_the_grants() -> None:
    spaces = {WorkspaceFields(**space).name for space in company()["workspaces"]}
    people = [UserFields(password="as long as it has to be", **person) for person in company()["people"]]
    grants = [GrantFields(**grant) for grant in company()["grants"]]
    assert spaces == {grant.workspace for grant in grants} == {path.name for path in COMPANY.iterdir() if path.is_dir()}
    holders = {f"group:{group}" for person in people for group in person.groups}
    assert {grant.to for grant in grants} <= holders | {f"person:{person.username}" for person in people}
    assert {tried["username"] for tried in company()["tries"]} <= {person.username for person in people}


def test_a_password_is_kept_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOISTER_HOME", str(tmp_path))
    with passwords.created("alice") as password:
        assert passwords.stored() == {"alice": password}
    assert stat.S_IMODE(passwords.passwords_file().stat().st_mode) == 0o600


@pytest.mark.parametrize(("status", "kept"), [(409, set()), (503, {"alice"})])
def test_the_password_of_a_name_that_is_taken_is_forgotten(
    status: int, kept: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOISTER_HOME", str(tmp_path))
    with pytest.raises(Refused), passwords.created("alice"):
        raise Refused("any", "No.", status)
    assert set(passwords.stored()) == kept


@pytest.mark.parametrize(("model", "script"), [(Question, "ask.sh"), (Ask, "ask-nats.sh")])
def test_what_a_script_sends_is_taken(model: type[Question] | type[Ask], script: str) -> None:
    """A false curl, or nats, in front of the real one shows the body."""
    body = shown(script, 'Is "6 %" the\\limit?')
    taken = model.model_validate_json(body)
    assert taken.question == 'Is "6 %" the\\limit?'
    assert (taken.workspace, taken.lane) == ("finance", "system")


def test_the_nats_script_keeps_to_the_subjects_of_its_client() -> None:
    lines = shown("ask-nats.sh", "Why?", every=True)
    query = query_id("crm", "order-42")
    assert f"--inbox-prefix _INBOX_crm subscribe --count 1 --raw answered.crm.{query}" in lines
    assert "request --raw --timeout 5s ask.crm " in lines


def shown(script: str, question: str, every: bool = False) -> str:
    program = """
        say() { printf '%s\\n' "$*"; }; curl() { say "$@"; }; nats() { say "$@"; }; sleep() { :; }
        exec() { "$@"; }; . "$0"
    """
    environment = {"PATH": "/usr/bin:/bin", "CLOISTER_KEY": "k", "CLOISTER_CLIENT": "crm", "CLOISTER_BUS": "nats://bus"}
    command = ["bash", "-c", program, str(PUBLISH / script), question, "order-42"]
    out = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return out if every else out[out.index("{") : out.rindex("}") + 1]
