"""The Ollama engine and the planner against a real Ollama."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest
from ollama import AsyncClient

from bench.system import system
from client import Http
from client.sdk.transport import ServerEvent
from services.inference.engines.ollama import Ollama
from services.inference.engines.registry import GenerationRequest, Message
from services.inference.planning.planner import Planner
from services.inference.settings import InferenceSettings
from shared.events import Plan
from tests.servers.ollama_server import MODEL, ollama_server
from tests.services.support.scripted_engine import Parrot
from tests.support.company import STAND_INS, Company

pytestmark = pytest.mark.ollama
TRIES = 4


def order(text: str, tokens: int = 24) -> GenerationRequest:
    message = Message(role="user", content=f"[1] Employees have 25 days of leave.\n\nQuestion: {text}")
    return GenerationRequest((message,), MODEL, 2048, tokens, 0.0)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ollama_server(tmp_path_factory.mktemp("ollama")) as running:
        yield running


async def test_a_real_ollama_answers_piece_by_piece_with_its_counts(url: str) -> None:
    engine = Ollama(url, "", MODEL)
    pieces = [piece async for piece in engine.write(order("How many days of leave do employees have?"))]
    assert "leave" in "".join(piece.text for piece in pieces)
    assert len([piece for piece in pieces if piece.text]) > 3
    assert pieces[-1].usage
    assert pieces[-1].usage.prompt_tokens > 10
    assert pieces[-1].finish in ("stop", "length")
    await engine.close()


async def test_it_lists_its_models(url: str) -> None:
    engine = Ollama(url, "", MODEL)
    assert await engine.models() == (f"{MODEL}:latest",)
    await engine.close()


async def test_closing_the_answer_stops_the_work(url: str) -> None:
    engine = Ollama(url, "", MODEL)
    for _ in range(2):  # one slot: if the first went on, the second would wait for 4,000 tokens
        async with asyncio.timeout(60), aclosing(engine.write(order("Tell a very long story.", 4000))) as pieces:
            assert await anext(pieces)
    await engine.close()


async def test_it_plans_a_search_in_the_form_and_keeps_the_model_for_the_answer(url: str) -> None:
    settings = InferenceSettings(engine="embedded", planner=f"{MODEL}@{url}", inference_context=2048)
    planner = Planner(Parrot(), settings)
    planned = await planner.plan(Plan(question="What does a night abroad cost at most?", seconds=60), ())
    assert 1 <= len(planned.plan.queries) <= 4
    loaded = (await AsyncClient(host=url, trust_env=False).ps()).models
    assert [one.context_length for one in loaded] == [2048], "another context would load the model again"
    await planner.close()


def test_a_company_searches_by_the_plan_of_an_ollama_at_an_address(url: str) -> None:
    """The address has no path, as Ollama prints it."""
    with system(**STAND_INS | {"planner": f"{MODEL}@{url}", "planner_seconds": "30"}) as running:
        company = Company(running)
        name = company.workspace("travel")
        company.paper(name, "policy.txt", "The lodging ceiling is 180 dollars per stay.")
        searches, heard = _planned(company.person("alice", name), name)
        assert heard[-1].data["citations"][0]["title"] == "policy.txt"
        rows = company.recorded(heard[-1].data["query_id"], "query.planned.v1", "query.grounded.v1")
        planned = next(row for row in rows if row.subject == "query.planned.v1")
        assert (planned.facts["queries"], planned.facts["model"]) == (len(searches), MODEL)
        traces = running.home / "traces.jsonl"
        company.until(lambda: f"chat {MODEL}" in traces.read_text())


def _planned(caller: Http, workspace: str) -> tuple[list[str], list[ServerEvent]]:
    """What a question was searched for with, and all that was heard; on a busy machine a plan comes late."""
    for _ in range(TRIES):
        heard = list(caller.stream("What is the lodging ceiling per stay?", workspace=workspace))
        searches = next((one.data["searches"] for one in heard if one.data.get("searches")), None)
        if searches:
            return searches, heard
    raise AssertionError(f"nothing was planned in {TRIES} tries")
