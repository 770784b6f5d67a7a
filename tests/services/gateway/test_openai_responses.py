"""OpenAI's client at /v1/responses and /v1/completions."""

from typing import Any

import openai
import pytest

from services.gateway.handlers import answer as hear_answer
from shared.events import QueryAsked, QueryCancelled
from tests.services.gateway.running import answered
from tests.services.gateway.test_openai import app, client

__all__ = ["app"]


async def test_a_response_has_text_annotations_and_usage(app: Any) -> None:
    reply = await app.client.responses.create(
        model="cloister/finance", input="Margin?", instructions="Be brief.", max_output_tokens=9, temperature=0.5
    )
    (asked,) = app.bus.of(QueryAsked)
    assert (asked.question, asked.instructions, asked.max_tokens) == ("Margin?", "Be brief.", 9)
    assert (asked.temperature, asked.workspace) == (0.5, "finance")
    assert (reply.output_text, reply.status, reply.id) == ("41 % [1]", "completed", f"resp_{asked.query}")
    (note,) = reply.output[0].content[0].annotations
    assert (note.type, note.title, note.url) == ("url_citation", "q4.pdf", "http://test/#/source/d1/1/3")
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.total_tokens) == (7, 3, 10)


async def test_a_streamed_response_is_whole_at_its_end(app: Any) -> None:
    stream = await app.client.responses.create(model="cloister", input="Margin?", stream=True)
    events = [event async for event in stream]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    kinds = [event.type.removeprefix("response.") for event in events]
    assert kinds[:4] == ["created", "in_progress", "output_item.added", "content_part.added"]
    assert kinds[-4:] == ["output_text.done", "content_part.done", "output_item.done", "completed"]
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == "41 % [1]"
    assert events[-1].response.output_text == "41 % [1]"
    assert events[-1].response.output[0].content[0].annotations[0].title == "q4.pdf"
    async with app.client.responses.stream(model="cloister", input="Margin?") as gathered:
        assert (await gathered.get_final_response()).output_text == "41 % [1]"


async def test_a_response_goes_on_from_the_one_it_names_and_no_later_one(app: Any) -> None:
    ask = app.client.responses.create
    first = await ask(model="cloister", input="Margin?")
    await ask(model="cloister", input="And before?", previous_response_id=first.id)
    await ask(model="cloister", input="And costs?", previous_response_id=first.id)
    one, two, three = app.bus.of(QueryAsked)
    assert one.history == ()
    assert [turn.question for turn in two.history] == ["Margin?"]
    assert [(turn.question, turn.answer) for turn in three.history] == [("Margin?", "41 % [1]")]


async def test_what_was_not_stored_or_is_anothers_cannot_be_gone_on_from(app: Any) -> None:
    mine = await app.client.responses.create(model="cloister", input="Margin?")
    kept = await app.client.responses.create(model="cloister", input="Margin?", store=False)
    with pytest.raises(openai.BadRequestError, match="not stored"):
        await app.client.responses.create(model="cloister", input="And?", previous_response_id=kept.id)
    with pytest.raises(openai.BadRequestError, match="not yours"):
        await client(app, "bob-token").responses.create(model="cloister", input="And?", previous_response_id=mine.id)


async def test_messages_are_a_conversation_with_instructions(app: Any) -> None:
    said: Any = [
        {"role": "developer", "content": "In French."},
        {"role": "user", "content": [{"type": "input_text", "text": "Margin?"}]},
        {"type": "reasoning", "id": "r", "summary": []},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "41 %"}]},
        {"role": "user", "content": "And before?"},
    ]
    schema = {"type": "object", "properties": {"margin": {"type": "number"}}}
    text: Any = {"format": {"type": "json_schema", "name": "a", "schema": schema}}
    await app.client.responses.create(model="cloister", input=said, text=text)
    (asked,) = app.bus.of(QueryAsked)
    assert (asked.question, asked.instructions, asked.answer_schema) == ("And before?", "In French.", schema)
    assert [(turn.question, turn.answer) for turn in asked.history] == [("Margin?", "41 %")]


@pytest.mark.parametrize(
    "wanted",
    [
        {"input": []}, {"input": [{"type": "function_call_output", "call_id": "1", "output": "x"}]},
        {"input": [{"role": "owner", "content": "x"}]}, {"tools": [{"type": "web_search"}]}, {"background": True},
        {"conversation": "conv_1"}, {"previous_response_id": "resp_1"}, {"max_output_tokens": 0},
        {"input": [{"type": "reasoning"}]}, {"text": {"format": {"type": "grammar"}}},
    ],
)  # fmt: skip
async def test_what_is_not_understood_is_refused_by_name(app: Any, wanted: dict[str, Any]) -> None:
    body = {"model": "cloister", "input": "Margin?"} | wanted
    reply = await app.http.post("/v1/responses", json=body, headers={"Authorization": "Bearer alice-token"})
    assert reply.status_code == 400, reply.text
    assert reply.json()["error"]["type"] == "invalid_request_error"
    assert not app.bus.of(QueryAsked)


async def test_a_refusal_ends_the_events_of_a_response(app: Any) -> None:
    async def then(asked: QueryAsked) -> None:
        message = await app.bus.store(answered(asked, answer=None, error="It failed.", reason="gave_up", status=503))
        await hear_answer(message.data, app.context, message)

    app.bus.then = then
    stream = await app.client.responses.create(model="cloister", input="x", stream=True)
    last = [event async for event in stream][-1]
    assert (last.type, last.response.error.code) == ("response.failed", "gave_up")
    with pytest.raises(openai.InternalServerError, match="It failed"):
        await app.client.responses.create(model="cloister", input="x")
    assert not app.bus.of(QueryCancelled)


async def test_a_text_is_completed_whole_and_streamed(app: Any) -> None:
    whole = await app.client.completions.create(model="cloister", prompt="Margin?", max_tokens=16, stop="END")
    assert (whole.object, whole.choices[0].text, whole.choices[0].finish_reason) == (
        "text_completion", "41 % [1]", "stop",
    )  # fmt: skip
    assert app.bus.of(QueryAsked)[0].stop == ("END",)
    stream = await app.client.completions.create(model="cloister", prompt=["Margin?"], stream=True)
    assert "".join([chunk.choices[0].text async for chunk in stream]) == "41 % [1]"
    for wanted in ({"echo": True}, {"best_of": 3}, {"suffix": "x"}, {"prompt": ["a", "b"]}, {"prompt": [1, 2]}):
        with pytest.raises(openai.BadRequestError, match=next(iter(wanted))):
            await app.client.completions.create(**{"model": "cloister", "prompt": "Margin?"} | wanted)
