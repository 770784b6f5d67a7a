"""What servers really send: errors in mid-stream, reasoning under two names, refusals and silence."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.trace import INVALID_SPAN, Span, SpanKind

from services.inference.engines.measured import InstrumentedEngine
from services.inference.engines.ollama import Ollama
from services.inference.engines.openai import OpenAI
from services.inference.engines.registry import (
    Engine,
    EngineFailed,
    GenerationRequest,
    Message,
    OutputChunk,
    open_engine,
)
from services.inference.settings import InferenceSettings
from shared.errors import NotReady, Refused

ORDER = GenerationRequest((Message(role="user", content="How many days?"),), "m", 2048, 50, 0.0)
Reply = tuple[int, str]


@asynccontextmanager
async def server(replies: Callable[[str, Any], Reply]) -> AsyncIterator[str]:
    """Answers each POST or GET with what `replies` says to its path and JSON."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        size = next((int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0)
        body = json.loads(await reader.readexactly(size)) if size else None
        status, text = replies(head.split(" ")[1], body)
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{text}".encode()
        )
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def written(engine: Engine) -> list[OutputChunk]:
    return [piece async for piece in engine.write(ORDER)]


def lines(*parts: dict[str, Any]) -> str:
    return "\n".join(json.dumps(part) for part in parts)


def deltas(*parts: dict[str, Any]) -> str:
    return (
        "".join(f"data: {json.dumps({'choices': [{'index': 0, 'delta': part}]})}\n\n" for part in parts)
        + "data: [DONE]\n\n"
    )


def ollama(chat: Reply, capabilities: tuple[str, ...] = ("completion",)) -> Callable[[str, Any], Reply]:
    return lambda path, body: (
        (200, json.dumps({"model_info": {}, "capabilities": capabilities})) if path == "/api/show" else chat
    )


async def test_ollama_is_always_told_the_context_and_thinks_only_when_it_can() -> None:
    asked: list[Any] = []

    def replies(path: str, body: Any) -> Reply:
        asked.append(body)
        done = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "length"}
        counts = {"prompt_eval_count": 7, "eval_count": 2}
        said = {"message": {"role": "assistant", "thinking": "hm", "content": "25"}, "done": False}
        return ollama((200, lines(said, done | counts)), ("completion", "thinking"))(path, body)

    async with server(replies) as url:
        pieces = await written(Ollama(url, "", "m"))
    assert asked[-1]["options"] == {"num_ctx": 2048, "num_predict": 50, "temperature": 0.0}
    assert asked[-1]["think"] is True
    assert [(p.text, p.reasoning, p.finish) for p in pieces] == [("25", "hm", None), ("", "", "length")]
    assert pieces[-1].usage
    assert (pieces[-1].usage.prompt_tokens, pieces[-1].usage.completion_tokens) == (7, 2)


async def test_what_a_caller_wishes_reaches_every_engine() -> None:
    asked: list[Any] = []
    order = replace(ORDER, stop=("END",), top_p=0.5, seed=7)

    def replies(path: str, body: Any) -> Reply:
        asked.append(body)
        done = {"message": {"role": "assistant", "content": "x"}, "done": True, "done_reason": "stop"}
        return (
            (200, deltas({"content": "x"})) if path.endswith("/completions") else ollama((200, lines(done)))(path, body)
        )

    async with server(replies) as url:
        for engine in (OpenAI(f"{url}/v1", "", "m"), Ollama(url, "", "m")):
            assert [piece async for piece in engine.write(order)]
    assert {"stop": ["END"], "top_p": 0.5, "seed": 7}.items() <= asked[0].items()
    assert {"stop": ["END"], "top_p": 0.5, "seed": 7}.items() <= asked[-1]["options"].items()


async def test_a_measured_engine_still_tells_the_hashes_of_its_models() -> None:
    listed = {"models": [{"model": "m", "digest": "sha256:abc"}]}
    async with server(lambda path, body: (200, json.dumps(listed))) as url:
        engine = InstrumentedEngine(Ollama(url, "", "m"), InferenceSettings())
        assert engine.digests == {}
        await engine.models()
    assert engine.digests == {"m": "sha256:abc"}


@pytest.mark.parametrize(
    ("url", "port"), [("https://gpu-1/v1", 443), ("http://gpu-1/v1", 80), ("http://gpu-1:8000/v1", 8000)]
)
async def test_the_span_of_a_call_names_the_port_that_is_called(
    url: str, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []

    class Tracer:
        def start_span(self, name: str, kind: SpanKind, attributes: dict[str, Any]) -> Span:
            told.append(attributes)
            return INVALID_SPAN

    monkeypatch.setattr("services.inference.engines.measured.tracer", lambda service: Tracer())
    refusal = (400, json.dumps({"error": {"message": "too long", "type": "invalid_request_error"}}))
    async with server(lambda path, body: refusal) as there:
        with pytest.raises(Refused):
            await written(InstrumentedEngine(OpenAI(f"{there}/v1", "", "m"), InferenceSettings(engine_url=url)))
    assert (told[0]["server.address"], told[0]["server.port"]) == ("gpu-1", port)


@pytest.mark.parametrize(
    "chat",
    [
        (200, lines({"message": {"role": "assistant", "content": "It"}, "done": False}, {"error": "out of memory"})),
        (503, json.dumps({"error": "server busy"})),
        (500, "no json"),
    ],
)
async def test_what_may_work_next_time_is_tried_again(chat: Reply) -> None:
    async with server(ollama(chat)) as url:
        with pytest.raises(EngineFailed):
            await written(Ollama(url, "", "m"))


async def test_an_engine_that_is_away_is_told_apart_from_a_bad_question() -> None:
    for engine in (Ollama("http://127.0.0.1:9", "", "m"), OpenAI("http://127.0.0.1:9/v1", "", "m")):
        with pytest.raises(EngineFailed):
            await written(engine)
        with pytest.raises(EngineFailed):
            await engine.models()


async def test_input_that_the_engine_refuses_is_not_tried_again() -> None:
    refusal = (400, json.dumps({"error": {"message": "too long", "type": "invalid_request_error"}}))
    async with server(lambda path, body: refusal) as url:
        with pytest.raises(Refused) as refused:
            await written(OpenAI(f"{url}/v1", "", "m"))
    assert refused.value.reason == "engine_refused"


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
async def test_reasoning_is_known_under_both_its_names(name: str) -> None:
    async with server(lambda path, body: (200, deltas({name: "hm"}, {"content": "25"}))) as url:
        pieces = await written(OpenAI(f"{url}/v1", "", "m"))
    assert [(piece.reasoning, piece.text) for piece in pieces] == [("hm", ""), ("", "25")]


async def test_a_model_that_ollama_lacks_is_named_with_the_remedy() -> None:
    async with server(lambda path, body: (200, json.dumps({"models": [{"model": "other:latest"}]}))) as url:
        with pytest.raises(EngineFailed, match="ollama pull qwen3"):
            await Ollama(url, "", "qwen3").models()
        assert await Ollama(url, "", "other").models() == ("other:latest",)


@pytest.mark.parametrize(
    "engine", ["openai", "no.such.module:factory", "tests.services.support.scripted_engine:nobody"]
)
async def test_an_engine_set_wrongly_stops_the_start_in_words(engine: str) -> None:
    with pytest.raises(NotReady, match="CLOISTER_ENGINE"):
        await open_engine(InferenceSettings(engine=engine))
