"""The Ollama engine against a real Ollama."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from services.inference.engines.ollama import Ollama
from services.inference.engines.registry import GenerationRequest, Message
from tests.servers.ollama_server import MODEL, ollama_server

pytestmark = pytest.mark.ollama


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
