"""Answers as JSON: valid at once, mended once, or refused."""

from dataclasses import replace
from typing import Any

import pytest

from services.inference.engines.registry import GenerationRequest, Message, OutputChunk
from services.inference.prompt.messages import ADDED
from services.inference.structured import PLAIN_FORM, fill
from shared.errors import Refused
from tests.services.support.scripted_engine import Parrot

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"total": {"type": "number"}, "currency": {"enum": ["CNY", "USD"]}},
    "required": ["total", "currency"],
    "additionalProperties": False,
}
ORDER = GenerationRequest((Message(role="user", content="[1] …\n\nQuestion: total?"),), "m", 4096, 256, 0.0)


async def filled(*answers: str) -> tuple[str, Parrot]:
    engine = Parrot()
    engine.scripts = [[OutputChunk(text=answer)] for answer in answers]
    text, usage = await fill(engine, ORDER, SCHEMA, thinks_first=False)
    assert usage.completion_tokens == 5 * len(engine.orders)
    return text, engine


@pytest.mark.parametrize(
    "answer",
    [
        '{"total": 12.5, "currency": "CNY"}',
        '```json\n{"total": 12.5, "currency": "CNY"}\n```',
        '<think>{"total": 1}</think>{"total": 12.5, "currency": "CNY"}',
        'Here you are: {"total": 12.5, "currency": "CNY"} as wished.',
    ],
)
async def test_json_that_fits_is_taken_out_of_what_is_around_it(answer: str) -> None:
    text, engine = await filled(answer)
    assert text == '{"total": 12.5, "currency": "CNY"}'
    assert len(engine.orders) == 1
    assert engine.orders[0].schema == SCHEMA


async def test_what_does_not_fit_is_mended_once_with_what_was_wrong() -> None:
    text, engine = await filled('{"total": "much", "currency": "CNY"}', '{"total": 3, "currency": "USD"}')
    assert text == '{"total": 3, "currency": "USD"}'
    assert "$.total" in engine.orders[1].messages[-1]["content"]


async def test_what_does_not_fit_twice_is_refused_with_the_place() -> None:
    with pytest.raises(Refused, match=r"\$\.currency") as error:
        await filled('{"total": 1, "currency": "EUR"}', '{"total": 1, "currency": "EUR"}')
    assert (error.value.reason, error.value.status) == ("answer_not_in_schema", 422)


async def test_no_json_at_all_is_refused() -> None:
    with pytest.raises(Refused, match="not JSON"):
        await filled("I do not know.", "I still do not know.")


async def test_a_plain_form_keeps_the_callers_instructions_and_names_no_passages() -> None:
    engine = Parrot()
    engine.scripts = [[OutputChunk(text='{"total": 1, "currency": "CNY"}')]]
    system = Message(role="system", content=f"Ours.{ADDED}In euros.")
    order = replace(ORDER, messages=(system, *ORDER.messages), stop=("}",))
    await fill(engine, order, SCHEMA, thinks_first=False, form=PLAIN_FORM)
    told = engine.orders[0].messages[0]["content"]
    assert "passages" not in told
    assert told.endswith(f"{ADDED}In euros.")
    assert engine.orders[0].stop == ()
