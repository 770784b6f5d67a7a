"""The packaged model, really run: no network, no server of one's own."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from services.inference.engines.embedded import Embedded, open_engine, packaged_model
from services.inference.engines.registry import GenerationRequest, Message
from services.inference.settings import InferenceSettings
from shared.errors import NotReady, Refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


def order(text: str, tokens: int = 24) -> GenerationRequest:
    message = Message(role="user", content=f"[1] Employees have 25 days of leave.\n\nQuestion: {text}")
    return GenerationRequest((message,), "SmolLM2-135M-Instruct.Q4_1", 2048, tokens, 0.0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine() -> AsyncIterator[Embedded]:
    opened = await open_engine(InferenceSettings(engine="embedded", inference_context=2048))
    yield opened
    await opened.close()


async def test_the_packaged_model_answers_piece_by_piece(engine: Embedded) -> None:
    pieces = [piece async for piece in engine.write(order("How many days of leave do employees have?"))]
    assert "25" in "".join(piece.text for piece in pieces)
    assert len([piece for piece in pieces if piece.text]) > 3
    assert next(piece.usage for piece in pieces if piece.usage).prompt_tokens > 10
    assert next(piece.finish for piece in pieces if piece.finish) in ("stop", "length")


async def test_it_tells_the_hash_of_its_model(engine: Embedded) -> None:
    assert engine.hashing is not None
    await engine.hashing
    path = packaged_model()
    assert engine.digests == {path.stem: f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"}


async def test_it_keeps_to_a_grammar(engine: Embedded) -> None:
    held = replace(order("年假有多少天？", 60), grammar='root ::= "年假\\"二十五\\"天。 [1]"')
    assert "".join([piece.text async for piece in engine.write(held)]) == '年假"二十五"天。 [1]'


async def test_it_counts_tokens_exactly_and_names_its_model(engine: Embedded) -> None:
    assert await engine.count(["The answer is 25 days.", "", "年假"]) == [8, 0, 5]
    assert await engine.models() == ("SmolLM2-135M-Instruct.Q4_1",)


async def test_closing_the_answer_frees_its_slot(engine: Embedded) -> None:
    for _ in range(4):  # twice the slots: a leaked one would make the last wait for 2,000 tokens
        async with asyncio.timeout(20), aclosing(engine.write(order("Tell a long story.", 2000))) as pieces:
            assert await anext(pieces)


async def test_what_is_longer_than_the_context_is_refused(engine: Embedded) -> None:
    with pytest.raises(Refused) as refused:
        await anext(engine.write(order("word " * 3000)))
    assert refused.value.reason == "engine_refused"


async def test_a_model_that_is_not_there_stops_the_start_in_words(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="is no GGUF file"):
        await open_engine(InferenceSettings(engine="embedded", model=str(tmp_path / "none.gguf")))
