"""A business system asks over the bus: answered, streamed, the same again, and told what was wrong."""

import asyncio
import json
import os
import subprocess
import sys

import nats.errors
import pytest

from client import Refused
from shared.events import QueryAnswered, QueryStreamed, query_id
from tests.support.company import PAPERS, Company
from tests.support.plain_nats_client import outsider

PUBLISH = PAPERS.parent / "publish"
LONG = "字" * 11_000  # 33,000 bytes
PRICE = "What is the list price of the slurry pump?"


@pytest.fixture(scope="module")
def sales(cloister: Company) -> str:
    """A workspace that can be asked."""
    name = cloister.workspace("sales")
    cloister.paper(name, "prices.md", "# Prices\n\nThe list price of the slurry pump is 92,500 yuan.")
    return name


async def test_a_question_is_answered_with_its_sources(cloister: Company, sales: str) -> None:
    async with cloister.line(cloister.app("crm", sales, bus=True)) as crm:
        answer = await crm.ask(PRICE, workspace=sales, timeout=30)
        with pytest.raises(Refused, match="no such workspace") as refused:
            await crm.ask(PRICE, workspace="nowhere", timeout=30)
    assert "92,500" in (answer.answer or "")
    assert [cited.title for cited in answer.citations] == ["prices.md"]
    assert refused.value.reason == "workspace_not_found"


async def test_words_come_before_the_answer_and_are_the_answer(cloister: Company, sales: str) -> None:
    async with cloister.line(cloister.app("crm", sales, bus=True)) as crm:
        pieces = [piece async for piece in crm.stream(f"{PRICE} Tell it slowly.", timeout=30)]
    words = [piece.text for piece in pieces if isinstance(piece, QueryStreamed) and piece.kind == "token"]
    assert isinstance(pieces[-1], QueryAnswered)
    assert len(words) > 3
    assert "".join(words) == pieces[-1].answer


async def test_the_same_key_brings_the_first_answer_byte_for_byte(cloister: Company, sales: str) -> None:
    async with outsider(cloister, sales) as erp:
        first = await erp.says(json.dumps({"question": PRICE, "key": "order-42"}).encode())
        again = await erp.says(json.dumps({"question": "Something else?", "key": "order-42"}).encode())
    assert first.subject == again.subject == f"answered.{erp.name}.{query_id(erp.name, 'order-42')}"
    assert first.data == again.data
    assert (first.headers or {})["cloister-signature"] == (again.headers or {})["cloister-signature"]


async def test_a_question_on_behalf_of_a_person_sees_what_the_person_may(cloister: Company, sales: str) -> None:
    alice, bob = cloister.person("alice", sales), cloister.person("bob")
    async with cloister.line(cloister.app("crm", sales, bus=True)) as crm:
        answer = await crm.ask(PRICE, on_behalf_of=alice.token, timeout=30)
        assert answer.citations
        with pytest.raises(Refused):
            await crm.ask(PRICE, workspace=sales, on_behalf_of=bob.token, timeout=30)


BAD = {
    "no json": (b"this is no json", "invalid"),
    "a list": (b"[1, 2]", "invalid"),
    "nothing asked": (json.dumps({"question": "", "key": "k"}).encode(), "empty_question"),
    "more than 32 KiB": (json.dumps({"question": LONG, "key": "k"}, ensure_ascii=False).encode(), "question_too_long"),
    "an unknown field": (json.dumps({"question": "hi", "colour": "red"}).encode(), "invalid"),
    "an unknown workspace": (json.dumps({"question": "hi", "workspace": "nowhere"}).encode(), "workspace_not_found"),
    "another's name": (json.dumps({"question": "hi", "client": "hr"}).encode(), "invalid"),
    "a false person": (json.dumps({"question": "hi", "on_behalf_of": "nonsense"}).encode(), "unauthenticated"),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_bad_message_is_answered_and_kept_as_failed(case: str, cloister: Company, sales: str) -> None:
    body, reason = BAD[case]
    async with outsider(cloister, sales) as erp:
        told = json.loads((await erp.says(body)).data)
    assert (told["reason"], told["answer"]) == (reason, None)
    assert told["status"] >= 400
    assert len(told["error"].split()) > 3
    cloister.recorded(told["query"], "failed.gateway", f"answer.{erp.name}.{told['query']}")


async def test_a_message_of_more_than_64_kib_is_not_kept(cloister: Company, sales: str) -> None:
    async with outsider(cloister, sales) as erp:
        with pytest.raises(nats.errors.Error, match="message size exceeds"):
            await erp.says(b"x" * 65_600)
        assert json.loads((await erp.says(b'{"question": ""}')).data)["reason"] == "empty_question"


async def test_without_its_inbox_a_question_is_kept_and_the_server_says_what_is_not_allowed(
    cloister: Company, sales: str
) -> None:
    async with outsider(cloister, sales, inbox="_INBOX") as erp:
        with pytest.raises(nats.errors.TimeoutError):
            await erp.says(json.dumps({"question": PRICE, "key": "kept"}).encode())
        answer = json.loads((await asyncio.wait_for(erp.heard.get(), 30)).data)
        assert answer["query"] == query_id(erp.name, "kept")
        assert any("permissions violation" in one.lower() and "_inbox" in one.lower() for one in erp.complaints)


async def test_the_bus_lets_nobody_ask_or_listen_as_another(cloister: Company, sales: str) -> None:
    async with outsider(cloister, sales) as erp, outsider(cloister, sales) as other:
        with pytest.raises(nats.errors.Error):
            await erp.says(b'{"question": "hi"}', f"ask.{other.name}")
        for foreign in (f"answered.{other.name}.>", "answered.>", "query.>", "answer.>"):
            await erp.client.subscribe(foreign)
        # Twice: nats-py writes the PING of a flush ahead of what still waits to be written.
        await erp.client.flush()
        await erp.client.flush()
        assert sum("permissions violation" in complaint.lower() for complaint in erp.complaints) == 5
        assert other.heard.empty()


@pytest.mark.parametrize("script", ["ask.py", "ask.sh"])
def test_the_examples_ask(script: str, cloister: Company, sales: str) -> None:
    app = cloister.app("example", sales, bus=True)
    given = {"URL": cloister.system.base, "BUS": cloister.system.nats_url, "CLIENT": app["name"], "KEY": app["key"]}
    environment = os.environ | {f"CLOISTER_{name}": value for name, value in (given | {"WORKSPACE": sales}).items()}
    program = [sys.executable] if script.endswith(".py") else ["sh"]
    environment["PYTHONPATH"] = str(PUBLISH.parent.parent)
    ran = subprocess.run(
        [*program, str(PUBLISH / script), PRICE], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    assert "92,500" in ran.stdout
    assert "prices.md" in ran.stdout
