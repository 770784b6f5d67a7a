"""OpenAI's own client against our routes."""

import base64
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openai
import pytest

from services.gateway.handlers import answer as hear_answer
from shared.errors import Unavailable
from shared.events import Embed, Embedded, QueryAsked, QueryStreamed, Usage
from tests.services.gateway.running import answered, gateway, token


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:

        async def then(asked: QueryAsked) -> None:
            thought = QueryStreamed(query=asked.query, client="gateway", kind="reasoning", n=0, text="hm")
            for event in (thought, token(asked, 1, "41 %"), token(asked, 2, " [1]")):
                opened.context.waiting.hear(event)
            message = await opened.bus.store(
                answered(asked, "41 % [1]", usage=Usage(prompt_tokens=7, completion_tokens=3))
            )
            await hear_answer(message.data, opened.context, message)

        opened.bus.then = then
        opened.client = client(opened, "alice-token")
        yield opened


def client(app: Any, key: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(api_key=key, base_url="http://test/v1", http_client=app.http, max_retries=0)


async def test_a_completion_has_text_usage_and_citations(app: Any) -> None:
    reply = await app.client.chat.completions.create(
        model="cloister", messages=[{"role": "user", "content": "Margin?"}]
    )
    assert reply.choices[0].message.content == "41 % [1]"
    assert (reply.choices[0].finish_reason, reply.usage.total_tokens, reply.model) == ("stop", 10, "cloister")
    assert reply.citations[0]["page"] == 3


async def test_a_stream_has_a_role_text_an_end_and_usage(app: Any) -> None:
    stream = await app.client.chat.completions.create(
        model="cloister",
        messages=[{"role": "user", "content": "Margin?"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == "41 % [1]"
    assert any(getattr(chunk.choices[0].delta, "reasoning_content", None) == "hm" for chunk in chunks[:-1])
    assert (chunks[-2].choices[0].finish_reason, chunks[-2].citations[0]["n"]) == ("stop", 1)
    assert (chunks[-1].choices, chunks[-1].usage.total_tokens) == ([], 10)
    assert len({chunk.id for chunk in chunks}) == 1


async def test_the_raw_stream_ends_with_done(app: Any) -> None:
    body = {"model": "cloister", "stream": True, "messages": [{"role": "user", "content": "hello"}]}
    reply = await app.http.post("/v1/chat/completions", json=body, headers={"Authorization": "Bearer alice-token"})
    assert reply.text.rstrip().endswith("data: [DONE]")


async def test_history_options_and_workspace_reach_the_query(app: Any) -> None:
    said = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Margin?"},
        {"role": "assistant", "content": "41 %"},
        {"role": "user", "content": [{"type": "text", "text": "And before?"}]},
    ]
    await app.client.chat.completions.create(
        model="cloister/finance", messages=said, max_tokens=9, temperature=0.5, user="x"
    )
    await app.client.chat.completions.create(model="m", messages=said[-1:])
    house, model = app.bus.of(QueryAsked)
    assert [(turn.question, turn.answer) for turn in house.history] == [("Margin?", "41 %")]
    assert (house.question, house.workspace, house.model) == ("And before?", "finance", None)
    assert (house.max_tokens, house.temperature) == (9, 0.5)
    assert (model.model, model.workspace) == ("m", None)


async def test_errors_are_the_clients_own(app: Any) -> None:
    hello: Any = [{"role": "user", "content": "hello"}]
    with pytest.raises(openai.AuthenticationError):
        await client(app, "nonsense").chat.completions.create(model="cloister", messages=hello)
    with pytest.raises(openai.NotFoundError, match="no model"):
        await app.client.chat.completions.create(model="gpt-9", messages=hello)
    with pytest.raises(openai.BadRequestError, match="messages"):
        await app.client.chat.completions.create(model="cloister", messages=[])
    with pytest.raises(openai.BadRequestError, match="last message"):
        await app.client.chat.completions.create(model="cloister", messages=[{"role": "assistant", "content": "x"}])
    picture: Any = [{"type": "image_url", "image_url": {"url": "data:,"}}]
    with pytest.raises(openai.BadRequestError, match="Only text"):
        await app.client.chat.completions.create(model="cloister", messages=[{"role": "user", "content": picture}])
    app.bus.failure = Unavailable("The queue is full.", "queue_full", 5)
    with pytest.raises(openai.InternalServerError, match="queue is full"):
        await app.client.chat.completions.create(model="cloister", messages=hello)


async def test_a_refused_answer_ends_a_stream_with_an_error(app: Any) -> None:
    async def then(asked: QueryAsked) -> None:
        message = await app.bus.store(
            answered(asked, answer=None, error="The engine failed.", reason="gave_up", status=500)
        )
        await hear_answer(message.data, app.context, message)

    app.bus.then = then
    stream = await app.client.chat.completions.create(
        model="cloister", messages=[{"role": "user", "content": "x"}], stream=True
    )
    with pytest.raises(openai.APIError, match="engine failed"):
        [chunk async for chunk in stream]


async def test_models_are_the_house_its_workspaces_and_the_workers(app: Any) -> None:
    known = ["cloister", "cloister/finance", "cloister-plain", "m"]
    assert [model.id async for model in app.client.models.list()] == known
    for name in ("cloister/finance", "cloister-embedding"):
        assert (await app.client.models.retrieve(name)).id == name
    with pytest.raises(openai.NotFoundError, match="no model"):
        await app.client.models.retrieve("cloister/secrets")


def embedder(app: Any) -> Any:
    app.bus.replies[Embed] = lambda wanted: Embedded(
        model="e5", vectors=tuple((0.5, float(len(t))) for t in wanted.texts), tokens=len(wanted.texts)
    )
    return app


async def test_embeddings_come_in_both_forms(app: Any) -> None:
    embedder(app)
    texts = ["x" * n for n in range(1, 41)]
    floats = await app.client.embeddings.create(model="cloister-embedding", input=texts, encoding_format="float")
    packed = await app.client.embeddings.create(model="e5", input="xyz", dimensions=2)
    assert [one.embedding[1] for one in floats.data] == [float(n) for n in range(1, 41)]
    assert (floats.model, floats.usage.total_tokens, packed.data[0].embedding) == ("cloister-embedding", 40, [0.5, 3.0])
    reply = await app.http.post(
        "/v1/embeddings",
        json={"model": "cloister", "input": ["x"], "encoding_format": "base64"},
        headers={"Authorization": "Bearer key"},
    )
    assert struct.unpack("<2f", base64.b64decode(reply.json()["data"][0]["embedding"])) == (0.5, 1.0)


async def test_embeddings_of_2048_texts_are_made_in_one_call(app: Any) -> None:
    made = await embedder(app).client.embeddings.create(model="e5", input=["x"] * 2048)
    assert len(made.data) == 2048
    with pytest.raises(openai.BadRequestError, match="input"):
        await app.client.embeddings.create(model="e5", input=["x"] * 2049)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"input": [1, 2, 3]}, "check_embedding_ctx_length"),
        ({"input": [[1, 2], [3]]}, "check_embedding_ctx_length"),
        ({"input": []}, "'input'"),
        ({"input": [""]}, "'input'"),
        ({"input": "x", "dimensions": 3}, "'dimensions'"),
    ],
)
async def test_what_cannot_be_embedded_is_refused_with_the_remedy(app: Any, given: Any, named: str) -> None:
    with pytest.raises(openai.BadRequestError, match=named):
        await embedder(app).client.embeddings.create(**{"model": "e5"} | given)


async def test_embeddings_of_another_model_are_not_found(app: Any) -> None:
    with pytest.raises(openai.NotFoundError, match="text-embedding-3-small"):
        await embedder(app).client.embeddings.create(model="text-embedding-3-small", input="x")
