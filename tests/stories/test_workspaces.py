"""One question over several workspaces: each must be open to who asks, and each gets its chance."""

import json

import pytest
from typer.testing import CliRunner

from client import Refused
from client.cli.main import app
from tests.support.company import Company, raw
from tests.support.department import chat

SEALS = "Who repairs the seals of the pumps?"


@pytest.fixture(scope="module")
def plants(cloister: Company) -> tuple[str, str, str]:
    """Three plants with papers of their own."""
    north, south, west = (cloister.workspace(name) for name in ("north", "south", "west"))
    for name, who in ((north, "Anna"), (south, "Boris"), (west, "Chen")):
        cloister.paper(name, f"{who}.md", f"# Repairs\n\n{who} repairs the seals of the pumps in {name}.")
    return north, south, west


def titles(found: list[dict[str, str]]) -> set[str]:
    return {passage["title"] for passage in found}


def test_all_that_are_named_are_searched_and_no_other(cloister: Company, plants: tuple[str, str, str]) -> None:
    north, south, _ = plants
    alice = cloister.person("alice", *plants)
    found = raw(alice, "POST", "/api/search", json={"question": SEALS, "workspaces": [north, south]}).json()
    assert titles(found["passages"]) == {"Anna.md", "Boris.md"}
    assert {one.title for one in alice.search(SEALS)} == {"Anna.md", "Boris.md", "Chen.md"}
    assert {cited["title"] for cited in chat(alice, SEALS, workspaces=[south])["citations"]} == {"Boris.md"}


@pytest.mark.parametrize("path", ["/api/chat", "/api/search"])
def test_one_foreign_workspace_refuses_all_like_one_that_does_not_exist(
    cloister: Company, plants: tuple[str, str, str], path: str
) -> None:
    north, south, _ = plants
    bob = cloister.person("bob", north)
    replies = [raw(bob, "POST", path, json={"question": SEALS, "workspaces": [north, x]}) for x in (south, "nowhere")]
    assert [reply.status_code for reply in replies] == [404, 404]
    assert replies[0].content == replies[1].content


async def test_a_business_system_names_several(cloister: Company, plants: tuple[str, str, str]) -> None:
    north, south, west = plants
    async with cloister.line(cloister.app("erp", north, south, bus=True)) as erp:
        answer = await erp.ask(SEALS, workspaces=[north, south], timeout=30)
        with pytest.raises(Refused) as refused:
            await erp.ask(SEALS, workspaces=[north, west], timeout=30)
    assert {cited.title for cited in answer.citations} <= {"Anna.md", "Boris.md"}
    assert answer.citations
    assert refused.value.reason == "workspace_not_found"


def test_the_command_takes_the_option_again(
    cloister: Company, plants: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOISTER_URL", cloister.system.base)
    monkeypatch.setenv("CLOISTER_TOKEN", cloister.person("carol", *plants).token)
    told = CliRunner().invoke(app, ["search", SEALS, "-w", plants[0], "-w", plants[2], "--json"])
    assert told.exit_code == 0, told.output
    assert titles(json.loads(told.stdout)) == {"Anna.md", "Chen.md"}


def test_a_search_is_in_the_trail(cloister: Company, plants: tuple[str, str, str]) -> None:
    dora = cloister.person("dora", *plants)
    dora.search(SEALS)

    def searched() -> list[str]:
        rows = [row for row in cloister.audit_records() if row.subject == "query.searched.v1"]
        return [row.principal for row in rows if row.principal == dora.me()["id"]]

    assert cloister.until(searched) == [dora.me()["id"]]
