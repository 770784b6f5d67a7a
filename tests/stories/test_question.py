"""A question travels, as an employee sees it: over HTTP, whole or as a stream."""

from client import Http
from tests.support.company import PAPERS, Company
from tests.support.department import HOTEL, MEALS, Department, chat, finance

__all__ = ["finance"]


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
    chinese = chat(finance.alice, "木星的卫星是谁发现的？", workspace=finance.name)
    assert (chinese["citations"], chinese["answer"] != found["answer"]) == ([], True)


def test_a_search_gives_the_passages_alone(finance: Department) -> None:
    found = finance.alice.search(MEALS, finance.name, limit=3)
    assert (found[0].title, found[0].page) == ("差旅报销制度.pdf", 2)
    assert "120" in found[0].text
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert found[0].legs
    assert len(found) <= 3


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
