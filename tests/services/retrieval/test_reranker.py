"""A second opinion on the order: followed when it comes in time, left out when it does not."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from services.retrieval.context import RetrievalContext
from services.retrieval.search.reranker import FAILURES, RERANKED, Reranking
from services.retrieval.search.reranker_backends import LanguageModel, open_reranking
from services.retrieval.settings import RetrievalSettings
from shared.errors import NotReady
from shared.settings import Settings
from shared.sql.database import Database
from tests.services.retrieval.running import ask, batch, put
from tests.services.support.scripted_rerankers import Opinion
from tests.services.support.word_embedder import WordModel

TEXTS = ["Allowance.", "The allowance, and a word more.", "The allowance and more words, long and dull."]
WORDS, OPINION = f"{WordModel.__module__}:WordModel", f"{Opinion.__module__}:Opinion"


@asynccontextmanager
async def context(home: Path, seconds: float = 5) -> AsyncIterator[RetrievalContext]:
    own = RetrievalSettings(embedder=WORDS, reranker=OPINION, reranker_seconds=seconds)
    opened = RetrievalContext(Database("retrieval", Settings(home=home)), own, Settings(home=home))
    await opened.start()
    await put(opened, batch("travel", TEXTS))
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def mood(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(Opinion, "mood", "good")
    return monkeypatch


async def test_passages_come_in_the_order_of_the_second_opinion(tmp_path: Path) -> None:
    async with context(tmp_path) as opened:
        found = await ask(opened, "allowance", limit=2)
    assert [passage.text for passage in found] == TEXTS[:0:-1]
    assert Opinion.heard[0] == "allowance"
    assert "travel.txt\n" + TEXTS[0] in Opinion.heard
    assert [passage.score for passage in found] == sorted((p.score for p in found), reverse=True)
    assert all("rerank" in passage.legs for passage in found)


@pytest.mark.parametrize(("kind", "outcome"), [("late", "late"), ("broken", "failed"), ("short", "failed")])
async def test_one_that_is_late_or_fails_changes_nothing_but_the_count(
    tmp_path: Path, mood: pytest.MonkeyPatch, kind: str, outcome: str
) -> None:
    mood.setattr(Opinion, "mood", kind)
    before = RERANKED.labels(outcome)._value.get()
    async with context(tmp_path, seconds=0.05) as opened:
        found = await ask(opened, "allowance", limit=2)
    assert found[0].text == TEXTS[0]
    assert len(found) == 2
    assert all("rerank" not in passage.legs for passage in found)
    assert RERANKED.labels(outcome)._value.get() == before + 1


async def test_one_that_keeps_failing_is_left_alone_for_a_while(mood: pytest.MonkeyPatch) -> None:
    mood.setattr(Opinion, "mood", "broken")
    reranking = Reranking(Opinion(), 1)
    for _ in range(FAILURES):
        assert await reranking._scores("q", ["a"]) is None
    Opinion.heard.clear()
    assert await reranking._scores("q", ["a"]) is None
    assert Opinion.heard == []


@pytest.mark.parametrize(
    ("kind", "path", "reply"),
    [
        ("ollama", "/api/chat", {"message": {"content": "3, 1"}}),
        ("openai", "/v1/chat/completions", {"choices": [{"message": {"content": "[3] and [1], not 99"}}]}),
    ],
)
async def test_a_language_model_names_the_passages_that_help(kind: str, path: str, reply: dict[str, object]) -> None:
    heard: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return httpx.Response(200, json=reply)

    client = httpx.AsyncClient(base_url="http://models", transport=httpx.MockTransport(answer))
    scores = await LanguageModel(kind, "qwen", client).scores("加班费是多少？", ["一", "二", "三", "四"])
    assert sorted(range(4), key=lambda n: -scores[n]) == [2, 0, 1, 3]
    assert heard[0].url.path == path
    sent = json.loads(heard[0].content)
    assert sent["model"] == "qwen"
    assert "[4] 四" in sent["messages"][0]["content"]


async def test_a_language_model_that_names_none_is_no_opinion() -> None:
    reply = httpx.Response(200, json={"message": {"content": "I do not know."}})
    client = httpx.AsyncClient(base_url="http://models", transport=httpx.MockTransport(lambda _: reply))
    with pytest.raises(ValueError, match="no passage"):
        await LanguageModel("ollama", "qwen", client).scores("q", ["a"])


@pytest.mark.parametrize(
    "named",
    [
        "fastembed:/no/such/model",
        "ollama:qwen",
        "no.such.module:factory",
        "nonsense",
        "tests.services.support.word_embedder:Nothing",
    ],
)
def test_a_reranker_that_cannot_be_is_named_in_one_line(named: str, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="CLOISTER_RERANKER") as refused:
        open_reranking(RetrievalSettings(reranker=named), tmp_path)
    assert "\n" not in str(refused.value)


def test_without_the_setting_there_is_none(tmp_path: Path) -> None:
    assert open_reranking(RetrievalSettings(), tmp_path) is None
