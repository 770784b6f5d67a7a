"""A question travels, as an employee sees it: over HTTP, as a stream, and with OpenAI's own client."""

from dataclasses import dataclass
from typing import Any

import openai
import pytest

from client import Http
from tests.company import PAPERS, Company, raw

HOTEL = "What is the hotel limit in Europe?"
MEALS = "出差每天的伙食补贴是多少？"


@dataclass
class Department:
    """A workspace with papers, one who may ask them, and one who may not."""

    name: str
    alice: Http
    bob: Http


@pytest.fixture(scope="module")
def finance(cloister: Company) -> Department:
    name = cloister.workspace("finance")
    for paper in ("差旅报销制度.pdf", "Overseas Travel Policy.docx", "客户信用管理办法.txt"):
        state = cloister.paper(name, paper, (PAPERS / "finance" / paper).read_bytes())
        assert state["status"] == "indexed", state
    return Department(name, cloister.person("alice", name), cloister.person("bob", cloister.workspace("legal")))


def chat(caller: Http, question: str, **wish: Any) -> dict[str, Any]:
    reply = raw(caller, "POST", "/api/chat", json={"question": question} | wish)
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


def test_an_employee_is_answered_with_the_page(finance: Department) -> None:
    found = chat(finance.alice, MEALS, workspace=finance.name)
    cited = found["citations"][0]
    assert "120" in found["answer"]
    assert f"[{cited['n']}]" in found["answer"]
    assert (cited["title"], cited["page"], cited["revision"]) == ("差旅报销制度.pdf", 2, 1)
    assert "120" in cited["quote"]
    assert found["model"] == "reader"


def test_an_english_question_is_answered_from_an_english_paper(finance: Department) -> None:
    found = chat(finance.alice, HOTEL)
    assert "180 US dollars" in found["answer"]
    assert found["citations"][0]["title"] == "Overseas Travel Policy.docx"


def test_a_citation_leads_to_the_document_and_its_bytes(finance: Department) -> None:
    cited = chat(finance.alice, HOTEL)["citations"][0]
    state = finance.alice.document(cited["document_id"])
    assert (state.title, state.workspace, state.revision) == (cited["title"], finance.name, cited["revision"])
    kept = (PAPERS / "finance" / "Overseas Travel Policy.docx").read_bytes()
    assert finance.alice.content(cited["document_id"]) == kept


def test_a_program_asks_with_its_name_and_key_in_the_body(cloister: Company, finance: Department) -> None:
    erp = cloister.app("erp", finance.name)
    body = {"user_id": erp["name"], "question": HOTEL, "api_token": erp["key"]}
    reply = Http(cloister.system.base).client.post("/api/chat", json=body)
    assert reply.status_code == 200, reply.text
    assert "180 US dollars" in reply.json()["answer"]


def test_words_stream_before_the_answer_and_are_the_answer(finance: Department) -> None:
    heard = list(finance.alice.stream(f"{HOTEL} Tell it slowly.", workspace=finance.name))
    words = [one.data["text"] for one in heard if one.name == "token"]
    assert heard[-1].name == "answer"
    assert len(words) > 5
    assert "".join(words) == heard[-1].data["answer"]
    assert heard[-1].data["citations"]


def test_what_the_documents_do_not_say_is_not_invented(finance: Department) -> None:
    found = chat(finance.alice, "Who discovered the moons of Jupiter?", workspace=finance.name)
    assert found["citations"] == []
    assert found["model"] is None, "no engine was asked"
    chinese = chat(finance.alice, "木星有几颗卫星？", workspace=finance.name)
    assert (chinese["citations"], chinese["answer"] != found["answer"]) == ([], True)


def test_openais_client_gets_an_answer_with_citations(finance: Department, cloister: Company) -> None:
    with openai.OpenAI(base_url=f"{cloister.system.base}/v1", api_key=finance.alice.token) as client:
        assert f"cloister/{finance.name}" in [model.id for model in client.models.list()]
        asked: Any = {"role": "user", "content": HOTEL}
        done = client.chat.completions.create(model=f"cloister/{finance.name}", messages=[asked])
    assert "180 US dollars" in (done.choices[0].message.content or "")
    assert done.choices[0].finish_reason == "stop"
    assert done.model_extra is not None
    assert done.model_extra["citations"][0]["title"] == "Overseas Travel Policy.docx"
    assert done.usage is not None
    assert done.usage.completion_tokens > 0


async def test_openais_client_streams(finance: Department, cloister: Company) -> None:
    async with openai.AsyncOpenAI(base_url=f"{cloister.system.base}/v1", api_key=finance.alice.token) as client:
        asked: Any = {"role": "user", "content": f"{MEALS} 慢慢说。"}
        stream = await client.chat.completions.create(model="cloister", messages=[asked], stream=True)
        chunks = [chunk async for chunk in stream]
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks]
    assert sum(map(bool, pieces)) > 5
    assert "120" in "".join(pieces)
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_openais_client_hears_refusals_as_its_own_errors(finance: Department, cloister: Company) -> None:
    asked: Any = {"role": "user", "content": HOTEL}
    with openai.OpenAI(base_url=f"{cloister.system.base}/v1", api_key="wrong", max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError):
            client.chat.completions.create(model="cloister", messages=[asked])
        client.api_key = finance.alice.token
        with pytest.raises(openai.NotFoundError):
            client.chat.completions.create(model="gpt-5", messages=[asked])


def test_a_search_gives_the_passages_alone(finance: Department) -> None:
    found = finance.alice.search(MEALS, finance.name, limit=3)
    assert (found[0].title, found[0].page) == ("差旅报销制度.pdf", 2)
    assert "120" in found[0].text
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert found[0].legs
    assert len(found) <= 3


@pytest.mark.parametrize("door", ["/api/chat", "/api/search", "/v1/chat/completions"])
def test_a_foreign_workspace_looks_like_a_missing_one(door: str, finance: Department) -> None:
    def asked(workspace: str) -> tuple[int, bytes]:
        body = {"question": HOTEL, "workspace": workspace}
        if door.startswith("/v1"):
            body = {"model": "cloister", "messages": [{"role": "user", "content": HOTEL}], "workspace": workspace}
        reply = raw(finance.bob, "POST", door, json=body)
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


def test_a_cancelled_question_ends(finance: Department) -> None:
    body = {"question": f"{HOTEL} Tell it slowly.", "workspace": finance.name, "stream": True}
    headers = {"Authorization": f"Bearer {finance.alice.token}"}
    with finance.alice.client.stream("POST", "/api/chat", json=body, headers=headers) as reply:
        frames = reply.iter_text()
        while "event: token" not in next(frames):
            continue
        query = reply.headers["x-query-id"]
        finance.alice.cancel(query)
        assert '"reason":"cancelled"' in "".join(frames)
    assert finance.alice.query(query)["state"] == "cancelled"
