"""Three departments with the shipped roles: each gets its documents and scenarios, and nothing of the others."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from client import Http
from tests.support.company import Company, raw

CODE = "The Valve interface is `open(bar: float) -> None`. Every function of it needs a test with pytest."
BOOKS = " ".join(f"The kestrel{n} account of finance closed the quarter at {n + 3},000 yuan." for n in range(9))
INTERFACE = "What does the Valve interface need?"
ACCOUNT = "At what did the kestrel7 account of finance close the quarter?"
SUM = "Please sum up: at what did the accounts of finance close the quarter?"


@dataclass
class Departments:
    """One person of each, with the role that the administrator applied."""

    company: Company
    developer: Http
    accountant: Http
    manager: Http


@pytest.fixture(scope="module")
def departments(cloister: Company) -> Departments:
    known = {one["workspace"] for one in cloister.admin.call("GET", "/api/workspaces")["workspaces"]}
    for name, text in (("rd", CODE), ("finance", BOOKS)):
        if name not in known:
            cloister.admin.make("workspace", name=name)
        cloister.grant(name, "person:admin", "ask", "read", "write", "manage")
        assert cloister.paper(name, f"{name}.md", text)["status"] == "indexed"
    people = [cloister.person(name) for name in ("dev", "accountant", "boss")]
    for person, role in zip(people, ("rd-member", "finance-member", "management"), strict=True):
        applied = raw(cloister.admin, "POST", f"/api/roles/{role}/apply", json={"to": person.me()["name"]})
        assert applied.status_code < 300, applied.text
    return Departments(cloister, *people)


def ask(caller: Http, question: str, **wish: Any) -> tuple[int, dict[str, Any]]:
    reply = raw(caller, "POST", "/api/chat", json={"question": question} | wish)
    return reply.status_code, reply.json()


def offered(caller: Http) -> set[str]:
    return {one["scenario"] for one in caller.call("GET", "/api/scenarios")["scenarios"]}


def test_research_and_development_gets_the_code_assistant_over_its_technical_documents(
    departments: Departments,
) -> None:
    developer = departments.developer
    assert offered(developer) == {"code-assistant", "overview"}
    status, answer = ask(developer, INTERFACE, scenario="code-assistant")
    assert (status, [cited["title"] for cited in answer["citations"]]) == (200, ["rd.md"])
    assert ask(developer, ACCOUNT)[1]["citations"] == []
    assert ask(developer, ACCOUNT, workspace="finance")[1]["reason"] == "workspace_not_found"


def test_the_command_lists_and_takes_what_the_department_has(departments: Departments, tmp_path: Path) -> None:
    developer, base = departments.developer, departments.company.system.base
    given = os.environ | {"CLOISTER_URL": base, "CLOISTER_TOKEN": developer.token, "XDG_CONFIG_HOME": str(tmp_path)}

    def run(*command: str) -> str:
        program = Path(sys.executable).with_name("cloister")
        return subprocess.run([program, *command], env=given, capture_output=True, text=True, check=True).stdout

    assert {one["scenario"] for one in json.loads(run("scenarios", "list", "--json"))} == offered(developer)
    assert "rd.md" in run("ask", INTERFACE, "--scenario", "code-assistant")


def test_finance_gets_its_report_from_its_own_workspace(departments: Departments) -> None:
    accountant = departments.accountant
    assert offered(accountant) == {"finance-report", "overview"}
    status, answer = ask(accountant, ACCOUNT, scenario="finance-report")
    assert status == 200
    assert "10,000 yuan" in answer["answer"]
    assert ask(accountant, INTERFACE)[1]["citations"] == []


def test_management_gets_an_overview_across_departments_and_never_the_details(departments: Departments) -> None:
    boss = departments.manager
    assert offered(boss) == {"overview"}
    status, answer = ask(boss, SUM, scenario="overview")
    assert status == 200
    assert {cited["title"] for cited in answer["citations"]} >= {"finance.md"}
    assert "kestrel" not in str(answer)
    assert ask(boss, ACCOUNT)[1]["reason"] == "not_summarised"
    assert list(boss.documents()) == []


def test_a_foreign_scenario_looks_like_a_missing_one(departments: Departments) -> None:
    foreign = ask(departments.developer, INTERFACE, scenario="finance-report")
    missing = ask(departments.developer, INTERFACE, scenario="no-such-thing")
    assert foreign == missing
    assert (foreign[0], foreign[1]["reason"]) == (404, "scenario_not_found")


def test_the_words_of_a_scenario_open_no_topic(departments: Departments) -> None:
    """Its instructions speak of figures; a question of somebody who may ask about figures alone must do so itself."""
    accountant, admin = departments.accountant, departments.company.admin
    group = f"{accountant.me()['name']}-topics"
    admin.call("PATCH", f"/api/users/{accountant.me()['name']}", json={"groups": ["finance", group]})
    admin.make("topic", group=group, allow=["figure"])
    try:
        assert ask(accountant, "Who is the director?", scenario="finance-report")[1]["reason"] == "topic_not_allowed"
        assert ask(accountant, "Which figure is due?", scenario="finance-report")[0] == 200
    finally:
        admin.remove("topic", group)
