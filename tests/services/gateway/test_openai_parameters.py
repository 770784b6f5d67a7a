"""What a client may ask for: what reaches the engine, what is refused by its name, and what front ends ask beside."""

from typing import Any

import openai
import pytest

from shared.errors import Refused
from shared.events import Admit, Allowance, QueryAsked
from tests.services.gateway.running import AUTH
from tests.services.gateway.test_openai import app

__all__ = ["app"]
HELLO: Any = [{"role": "user", "content": "Margin?"}]
TITLE = (
    "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n"
    "### Chat History:\n<chat_history>\nUSER: Margin?\nASSISTANT: 41 %\n</chat_history>"
)
TOOL: Any = {"type": "function", "function": {"name": "f", "parameters": {}}}


async def test_instructions_and_sampling_reach_the_query(app: Any) -> None:
    said: Any = [
        {"role": "system", "content": "Be brief."},
        {"role": "developer", "content": [{"type": "text", "text": "In French."}]},
        *HELLO,
    ]
    await app.client.chat.completions.create(
        model="cloister", messages=said, top_p=0.5, seed=7, stop=["END", "\n\n"], temperature=0.1, n=1, tools=[],
        tool_choice="none", logprobs=False,
    )  # fmt: skip
    (asked,) = app.bus.of(QueryAsked)
    assert (asked.instructions, asked.question) == ("Be brief.\n\nIn French.", "Margin?")
    assert (asked.top_p, asked.seed, asked.stop, asked.plain) == (0.5, 7, ("END", "\n\n"), False)


async def test_a_schema_reaches_the_query(app: Any) -> None:
    schema = {"type": "object", "properties": {"margin": {"type": "number"}}}
    form: Any = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    await app.client.chat.completions.create(model="cloister", messages=HELLO, response_format=form)
    await app.client.chat.completions.create(model="cloister", messages=HELLO, response_format={"type": "json_object"})
    older: Any = {"type": "json_object", "schema": schema}
    await app.client.chat.completions.create(model="cloister", messages=HELLO, response_format=older)
    assert [asked.answer_schema for asked in app.bus.of(QueryAsked)] == [schema, {"type": "object"}, schema]


@pytest.mark.parametrize(
    "wanted",
    [
        {"n": 2}, {"logprobs": True}, {"logit_bias": {"7": 1}}, {"tools": [TOOL]}, {"tool_choice": "required"},
        {"functions": [{"name": "f"}]}, {"temperature": 3}, {"top_p": 7}, {"stop": ["a"] * 5}, {"max_tokens": 0},
        {"response_format": {"type": "grammar"}}, {"seed": "x"},
    ],
)  # fmt: skip
async def test_what_cannot_be_done_is_refused_by_its_name(app: Any, wanted: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await app.client.chat.completions.create(model="cloister", messages=HELLO, extra_body=wanted)
    assert refused.value.param is not None
    assert refused.value.param.split(".")[0] == next(iter(wanted))
    assert not app.bus.of(QueryAsked)


async def test_a_tools_result_is_refused_with_the_remedy(app: Any) -> None:
    said: Any = [*HELLO, {"role": "tool", "content": "41 %", "tool_call_id": "1"}]
    with pytest.raises(openai.BadRequestError, match="role 'tool'"):
        await app.client.chat.completions.create(model="cloister", messages=said)


async def test_results_of_tools_that_another_model_called_are_left_out_of_the_conversation(app: Any) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    said: Any = [
        {"role": "user", "content": "Rain?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": "None today.", "tool_call_id": "1"},
        {"role": "assistant", "content": "It stays dry."},
        *HELLO,
    ]
    await app.client.chat.completions.create(model="cloister", messages=said)
    (asked,) = app.bus.of(QueryAsked)
    assert [(turn.question, turn.answer) for turn in asked.history] == [("Rain?", "It stays dry.")]


@pytest.mark.parametrize("path", ["chat/completions", "responses"])
async def test_tools_of_a_front_ends_own_features_are_an_offer_that_is_not_taken(app: Any, path: str) -> None:
    own = [{"name": name, "parameters": {}} for name in ("get_current_timestamp", "calculate_timestamp", "ask_user")]
    tools = [{"type": "function"} | (one if path == "responses" else {"function": one}) for one in own]
    body = {"model": "cloister", "messages": HELLO, "input": "Margin?", "tools": tools}
    reply = await app.http.post(f"/v1/{path}", json=body, headers=AUTH)
    assert reply.status_code == 200, reply.text
    assert len(app.bus.of(QueryAsked)) == 1
    refused = await app.http.post(f"/v1/{path}", json=body | {"tool_choice": "required"}, headers=AUTH)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "tool_choice")


async def test_the_plain_model_asks_no_documents(app: Any) -> None:
    reply = await app.client.chat.completions.create(model="cloister-plain", messages=HELLO)
    (asked,) = app.bus.of(QueryAsked)
    assert (asked.plain, asked.purpose, asked.lane, asked.workspace) == (True, "question", "interactive", None)
    assert reply.model == "cloister-plain"


async def test_a_front_ends_own_prompt_is_no_question(app: Any) -> None:
    app.context.settings = app.context.settings.model_copy(update={"helper_model": "small"})
    prompt: Any = [{"role": "user", "content": TITLE}]
    reply = await app.client.chat.completions.create(model="cloister/finance", messages=prompt)
    (asked,) = app.bus.of(QueryAsked)
    assert (asked.plain, asked.purpose, asked.lane, asked.model) == (True, "helper", "batch", "small")
    assert reply.model == "cloister/finance"


async def test_without_the_plain_model_there_is_none(app: Any) -> None:
    app.context.settings = app.context.settings.model_copy(update={"plain_model": False})
    with pytest.raises(openai.NotFoundError, match="no model"):
        await app.client.chat.completions.create(model="cloister-plain", messages=HELLO)
    assert "cloister-plain" not in [model.id async for model in app.client.models.list()]


async def test_replies_bear_the_id_of_the_query_and_what_is_left_of_the_day(app: Any) -> None:
    admit = app.bus.replies[Admit]
    left = Allowance(daily=50, left=12, renewed_at="2100-01-01T00:00:00Z")
    app.bus.replies[Admit] = lambda wanted: admit(wanted).model_copy(update={"allowance": left})
    raw = await app.client.chat.completions.with_raw_response.create(model="cloister", messages=HELLO)
    (asked,) = app.bus.of(QueryAsked)
    assert raw.headers["x-request-id"] == asked.query
    assert (raw.headers["x-ratelimit-limit-requests"], raw.headers["x-ratelimit-remaining-requests"]) == ("50", "12")
    assert raw.headers["x-ratelimit-reset-requests"].endswith("s")
    assert raw.parse()._request_id == asked.query


@pytest.mark.parametrize("path", ["chat/completions", "completions", "responses"])
async def test_a_limit_that_is_reached_is_429_in_openais_form(app: Any, path: str) -> None:
    def admit(wanted: Admit) -> Any:
        raise Refused("daily_limit", "The 50 questions a day are used up.", 429, 90)

    app.bus.replies[Admit] = admit
    body = {"model": "cloister", "messages": HELLO, "prompt": "x", "input": "x"}
    reply = await app.http.post(f"/v1/{path}", json=body, headers={"Authorization": "Bearer alice-token"})
    error = reply.json()["error"]
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "90")
    assert (error["type"], error["code"]) == ("rate_limit_error", "daily_limit")
    assert reply.headers["x-request-id"]
    assert not app.bus.of(QueryAsked)


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/threads", "/v1", f"/v1/responses/resp_{'0' * 32}"])
async def test_what_is_not_there_is_404_in_openais_form(app: Any, path: str) -> None:
    reply = await app.http.get(path, headers={"Authorization": "Bearer alice-token"})
    assert (reply.status_code, reply.json()["error"]["type"]) == (404, "not_found_error")
    assert reply.headers["x-request-id"]


@pytest.mark.parametrize("header", ["X-OpenWebUI-User-Email", "X-Cloister-User"])
async def test_whom_a_front_end_speaks_for_goes_to_auth_beside_a_key_alone(app: Any, header: str) -> None:
    for token in ("ck_front-end", "alice-token"):
        headers = {"Authorization": f"Bearer {token}", header: "alice@example.com", "X-Cloister-On-Behalf-Of": "t"}
        await app.http.get("/v1/models", headers=headers)
    key, person = (asked.credential for asked in app.bus.asked if isinstance(asked, Admit))
    assert (key.speaks_for, key.on_behalf_of) == ("alice@example.com", "t")
    assert (person.speaks_for, person.on_behalf_of) == ("", "")
