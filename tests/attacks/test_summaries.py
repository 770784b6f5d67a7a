"""Who may have summaries alone is never shown, quoted or given the documents, whichever way an answer leaves."""

import asyncio
import json
from typing import Any

import nats
import pytest

from client import Http
from tests.support.company import Company, raw
from tests.support.live_stream import LiveStream

CANARY = "kestrel"
PAPER = " ".join(
    f"Salary number {n} of the {CANARY}{n} department is paid on the last working day of each month." for n in range(9)
)
SUM = "Please sum up: on which working day is the salary of each department paid?"
QUOTE = "On which working day is the salary of each department paid?"
SLOW = f"{QUOTE} Read it out slowly."


@pytest.fixture(scope="module")
def salaries(cloister: Company) -> tuple[Company, str, str, Http]:
    workspace = cloister.workspace("salaries")
    document = cloister.paper(workspace, "salaries.md", PAPER)["document_id"]
    boss = cloister.person("boss")
    cloister.grant(workspace, boss.me()["id"], "summarise")
    return cloister, workspace, document, boss


def told(caller: Http, method: str, path: str, **given: Any) -> str:
    return raw(caller, method, path, **given).text


def test_a_summary_cites_titles_and_nothing_else(salaries: tuple[Company, str, str, Http]) -> None:
    _, workspace, document, boss = salaries
    asked = boss.call("POST", "/api/chat", json={"question": SUM, "workspace": workspace, "conversation": "s1"})
    (cited,) = asked["citations"]
    assert (cited["title"], cited["quote"], cited["heading"], cited["page"]) == ("salaries.md", "", "", 0)
    everything = json.dumps(asked) + told(boss, "GET", f"/api/queries/{asked['query_id']}")
    everything += told(boss, "GET", "/api/conversations/s1")
    everything += told(boss, "GET", f"/api/queries/{asked['query_id']}/events")
    assert CANARY not in everything
    assert document not in everything


def test_a_model_that_repeats_the_passages_is_not_told(salaries: tuple[Company, str, str, Http]) -> None:
    _, workspace, _, boss = salaries
    refused = raw(boss, "POST", "/api/chat", json={"question": QUOTE, "workspace": workspace})
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_summarised")
    stream = LiveStream.start(boss, SLOW, workspace=workspace)
    _, name, data = stream.end()
    assert (name, data["reason"]) == ("error", "not_summarised")
    assert CANARY not in json.dumps([data for _, _, data in stream.events])


def test_the_dialect_of_openai_is_no_way_around(salaries: tuple[Company, str, str, Http]) -> None:
    _, workspace, document, boss = salaries
    body = {"model": "cloister", "workspace": workspace, "messages": [{"role": "user", "content": SUM}]}
    whole = told(boss, "POST", "/v1/chat/completions", json=body)
    streamed = told(boss, "POST", "/v1/chat/completions", json=body | {"stream": True})
    assert "salaries.md" in whole
    assert not [text for text in (whole, streamed) if CANARY in text or document in text]


def test_nothing_is_searched_listed_or_opened(salaries: tuple[Company, str, str, Http]) -> None:
    _, workspace, document, boss = salaries
    refused = raw(boss, "POST", "/api/search", json={"question": QUOTE, "workspace": workspace})
    assert (refused.status_code, refused.json()["reason"]) == (403, "summaries_only")
    assert boss.search(QUOTE) == []
    assert list(boss.documents()) == []
    for path in ("", "/content", "/revisions", "/why", "/revisions/1/pages/1"):
        assert raw(boss, "GET", f"/api/documents/{document}{path}").status_code == 404


def test_an_answer_with_quotes_is_gone_when_only_summaries_are_left(cloister: Company) -> None:
    workspace = cloister.workspace("bonuses")
    cloister.paper(workspace, "bonuses.md", PAPER)
    boss = cloister.person("boss")
    ask = cloister.grant(workspace, boss.me()["id"], "ask")
    cloister.grant(workspace, boss.me()["id"], "summarise")
    asked = boss.call("POST", "/api/chat", json={"question": QUOTE, "workspace": workspace, "conversation": "b1"})
    assert CANARY in asked["answer"]
    cloister.admin.remove("grant", ask)
    assert raw(boss, "GET", f"/api/queries/{asked['query_id']}").status_code == 404
    (turn,) = boss.call("GET", "/api/conversations/b1")["turns"]
    assert turn["withheld"]
    later = raw(boss, "POST", "/api/chat", json={"question": SUM, "workspace": workspace, "conversation": "b1"})
    assert CANARY not in later.text


async def test_a_business_system_gets_no_more_on_the_bus(salaries: tuple[Company, str, str, Http]) -> None:
    cloister, workspace, _, _ = salaries
    erp = cloister.admin.make("key", name="summing", workspaces=[workspace], scopes=["summarise"], bus=True)
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    told: list[bytes] = []

    async def keep(message: Any) -> None:
        told.append(message.data)
        if message.subject.startswith("answered."):
            await heard.put(message.data)

    client = await nats.connect(
        cloister.system.nats_url, user="summing", password=erp["key"], inbox_prefix="_INBOX_summing"
    )
    for subject in ("answered.summing.>", "stream.summing.>"):
        await client.subscribe(subject, cb=keep)
    for question in (SUM, QUOTE):
        await client.jetstream().publish("ask.summing", json.dumps({"question": question}).encode())
        await asyncio.wait_for(heard.get(), 20)
    await client.close()
    assert CANARY.encode() not in b"".join(told)
