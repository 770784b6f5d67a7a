"""An answer knows every document that it was made from: when one of them closes, it cannot be read or used again."""

import pytest

from client import Http
from tests.support.company import Company, raw
from tests.support.department import chat

CITED = "The blue pavilion was built by the architect Lindqvist in the year 1931."
SILENT = "The blue pavilion has a cellar, and the architect Lindqvist kept the heron papers there."
QUESTION = "In which year was the blue pavilion built by the architect Lindqvist?"


@pytest.fixture
def pavilion(cloister: Company) -> tuple[Company, str, str, Http]:
    """Two papers that are both in the prompt; the answer cites the first alone."""
    workspace = cloister.workspace("pavilion")
    cloister.paper(workspace, "history.md", CITED)
    silent = cloister.paper(workspace, "cellar.md", SILENT)["document_id"]
    return cloister, workspace, silent, cloister.person("eve", workspace)


def test_an_answer_is_gone_when_a_document_closes_that_it_used_without_citing_it(
    pavilion: tuple[Company, str, str, Http],
) -> None:
    cloister, workspace, silent, eve = pavilion
    asked = chat(eve, QUESTION, workspace=workspace, conversation="c1")
    assert {one["title"] for one in asked["citations"]} == {"history.md"}
    assert eve.query(asked["query_id"])["state"] == "answered"
    me = eve.me()["id"]
    cloister.admin.call("PATCH", f"/api/documents/{silent}", json={"deny": [me]})
    assert raw(eve, "GET", f"/api/queries/{asked['query_id']}").status_code == 404
    (turn,) = eve.call("GET", "/api/conversations/c1")["turns"]
    assert (turn["withheld"], turn["answer"], turn["citations"]) == (True, None, [])
    cloister.admin.call("PATCH", f"/api/documents/{silent}", json={"deny": []})
    assert eve.query(asked["query_id"])["state"] == "answered", "it is open again when its documents are"


def test_a_follow_up_of_a_closed_answer_is_not_given_it(pavilion: tuple[Company, str, str, Http]) -> None:
    cloister, workspace, silent, eve = pavilion
    chat(eve, QUESTION, workspace=workspace, conversation="c2")
    cloister.admin.discard(silent)
    later = chat(eve, "And who was its architect?", workspace=workspace, conversation="c2")
    assert "heron" not in later["answer"]
    found = eve.call("GET", "/api/conversations/c2")["turns"]
    assert [turn["withheld"] for turn in found] == [True, False]


def test_a_follow_up_stands_on_what_the_answer_before_it_stood_on(pavilion: tuple[Company, str, str, Http]) -> None:
    cloister, workspace, silent, eve = pavilion
    chat(eve, QUESTION, workspace=workspace, conversation="c3")
    later = chat(eve, "And who was its architect?", workspace=workspace, conversation="c3")
    assert eve.query(later["query_id"])["state"] == "answered"
    cloister.admin.discard(silent)
    assert raw(eve, "GET", f"/api/queries/{later['query_id']}").status_code == 404
