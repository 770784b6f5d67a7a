"""Who may not ask learns nothing, not even that there is something."""

import pytest

from tests.support.company import Company, raw
from tests.support.department import HOTEL, Department, chat, finance

__all__ = ["finance"]


@pytest.mark.parametrize("path", ["/api/chat", "/api/search", "/v1/chat/completions"])
def test_a_foreign_workspace_looks_like_a_missing_one(path: str, finance: Department) -> None:
    def asked(workspace: str) -> tuple[int, bytes]:
        body = {"question": HOTEL, "workspace": workspace}
        if path.startswith("/v1"):
            body = {"model": "cloister", "messages": [{"role": "user", "content": HOTEL}], "workspace": workspace}
        reply = raw(finance.bob, "POST", path, json=body)
        return reply.status_code, reply.content

    assert asked(finance.name) == asked("missing-1")
    assert asked(finance.name)[0] == 404


def test_someone_without_a_grant_hears_nothing_of_a_department(finance: Department) -> None:
    assert chat(finance.bob, HOTEL)["citations"] == []
    assert list(finance.bob.documents()) == []
    assert finance.bob.search(HOTEL) == []


def test_a_question_is_nobody_elses(finance: Department) -> None:
    asked = chat(finance.alice, HOTEL)["query_id"]
    assert finance.alice.query(asked)["state"] == "answered"
    foreign = raw(finance.bob, "GET", f"/api/queries/{asked}")
    missing = raw(finance.bob, "GET", f"/api/queries/{'0' * 32}")
    assert (foreign.status_code, foreign.content) == (404, missing.content)


def test_a_right_taken_away_is_gone_at_once(cloister: Company, finance: Department) -> None:
    name = cloister.workspace("board")
    cloister.paper(name, "minutes.md", "The board meets on the ninth of May in Suzhou.")
    carol = cloister.person("carol")
    grant = cloister.grant(name, carol.me()["id"], "ask")
    asked = chat(carol, "When does the board meet?", workspace=name)
    assert "ninth of May" in asked["answer"]
    cloister.admin.remove("grant", grant)
    assert raw(carol, "POST", "/api/chat", json={"question": "When?", "workspace": name}).status_code == 404
    old = raw(carol, "GET", f"/api/queries/{asked['query_id']}")
    assert old.status_code in (403, 404), "an old answer asks again for the rights to what it cites"
