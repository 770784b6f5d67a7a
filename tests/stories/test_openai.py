"""A question travels with OpenAI's own client."""

from typing import Any

import openai
import pytest

from tests.support.company import Company
from tests.support.department import HOTEL, MEALS, Department, finance

__all__ = ["finance"]


def test_openais_client_gets_an_answer_with_citations(finance: Department, cloister: Company) -> None:
    with openai.OpenAI(base_url=f"{cloister.system.base}/v1", api_key=finance.alice.token) as client:
        assert f"cloister/{finance.name}" in [model.id for model in client.models.list()]
        asked: Any = {"role": "user", "content": HOTEL}
        done = client.chat.completions.create(model=f"cloister/{finance.name}", messages=[asked])
    assert "180 US dollars" in (done.choices[0].message.content or "")
    assert done.choices[0].finish_reason == "stop"
    assert done.model_extra is not None
    assert done.model_extra["citations"][0]["title"] == "Overseas Travel Policy.docx"
    (note,) = done.choices[0].message.annotations or ()
    assert note.url_citation.title == "Overseas Travel Policy.docx"
    assert note.url_citation.url.startswith(f"{cloister.system.base}/#/source/")
    assert done.usage is not None
    assert done.usage.completion_tokens > 0


TITLE = "### Task:\nGenerate a title.\n<chat_history>\nUSER: {}\n</chat_history>"


def test_the_plain_model_and_a_front_ends_prompt_look_nothing_up(finance: Department, cloister: Company) -> None:
    with openai.OpenAI(base_url=f"{cloister.system.base}/v1", api_key=finance.alice.token) as client:
        for model, text, kind in (("cloister-plain", HOTEL, None), ("cloister", TITLE.format(HOTEL), "helper")):
            asked: Any = {"role": "user", "content": text}
            done = client.chat.completions.create(model=model, messages=[asked])
            assert (done.choices[0].message.content or "").startswith("Without documents: ")
            query = done.id.removeprefix("chatcmpl-")
            records = cloister.recorded(query, "query.asked.v1", "query.grounded.v1", f"answer.gateway.{query}")
            subjects = [record.subject for record in records]
            assert not [subject for subject in subjects if "routed" in subject]
            (first,) = (record for record in records if record.subject == "query.asked.v1")
            assert (first.facts.get("plain"), first.facts.get("purpose")) == (True, kind)


async def test_openais_client_streams(finance: Department, cloister: Company) -> None:
    async with openai.AsyncOpenAI(base_url=f"{cloister.system.base}/v1", api_key=finance.alice.token) as client:
        asked: Any = {"role": "user", "content": f"{MEALS} 慢慢说。"}
        stream = await client.chat.completions.create(model="cloister", messages=[asked], stream=True)
        chunks = [chunk async for chunk in stream]
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks]
    assert sum(map(bool, pieces)) > 5
    assert "120" in "".join(pieces)
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_a_key_of_ones_own_asks_until_it_is_taken_away(finance: Department, cloister: Company) -> None:
    made = finance.alice.make("key", mine=True, name="laptop", workspaces=[finance.name], scopes=["ask"])
    asked: Any = {"role": "user", "content": HOTEL}
    with openai.OpenAI(base_url=f"{cloister.system.base}/v1", api_key=made["key"], max_retries=0) as client:
        done = client.chat.completions.create(model="cloister", messages=[asked])
        assert "180 US dollars" in (done.choices[0].message.content or "")
        (kept,) = (key for key in finance.alice.every("key") if key["name"] == made["name"])
        assert kept["used_at"]
        assert finance.bob.every("key") == []
        finance.alice.remove("key", made["name"])
        with pytest.raises(openai.AuthenticationError):
            client.chat.completions.create(model="cloister", messages=[asked])


def test_openais_client_hears_refusals_as_its_own_errors(finance: Department, cloister: Company) -> None:
    asked: Any = {"role": "user", "content": HOTEL}
    with openai.OpenAI(base_url=f"{cloister.system.base}/v1", api_key="wrong", max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError):
            client.chat.completions.create(model="cloister", messages=[asked])
        client.api_key = finance.alice.token
        with pytest.raises(openai.NotFoundError):
            client.chat.completions.create(model="gpt-5", messages=[asked])
