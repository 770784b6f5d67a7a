"""Frameworks that speak OpenAI's dialect: what they send by default is understood."""

from typing import Any

import pytest
from pydantic import BaseModel

from tests.clients.installed import required
from tests.support.company import Company
from tests.support.department import HOTEL, Department, finance

langchain = required("langchain_openai")
pydantic_ai = required("pydantic_ai")

__all__ = ["finance"]


class Limit(BaseModel):
    """A form to fill."""

    currency: str
    per_night: float


@pytest.fixture
def place(finance: Department, cloister: Company) -> dict[str, Any]:
    return {"base_url": f"{cloister.system.base}/v1", "api_key": finance.alice.token}


def test_langchain_asks_streams_and_fills_a_form(place: dict[str, Any], finance: Department) -> None:
    model = langchain.ChatOpenAI(model=f"cloister/{finance.name}", **place)
    said = [("system", "Answer in one sentence."), ("user", HOTEL)]
    reply = model.invoke(said)
    assert "180 US dollars" in reply.text
    assert reply.usage_metadata["output_tokens"] > 0
    assert "180 US dollars" in "".join(chunk.text for chunk in model.stream(said))
    form = model.with_structured_output(Limit, method="json_schema").invoke(HOTEL)
    assert isinstance(form, Limit)


def test_langchain_remembers_a_conversation(place: dict[str, Any]) -> None:
    model = langchain.ChatOpenAI(model="cloister", **place)
    said = [("user", HOTEL), ("assistant", "180 US dollars a night. [1]"), ("user", "And in North America?")]
    assert model.invoke(said).text


def test_langchain_goes_on_from_a_response(place: dict[str, Any]) -> None:
    model = langchain.ChatOpenAI(model="cloister", use_responses_api=True, **place)
    first = model.invoke(HOTEL)
    assert "180 US dollars" in first.text
    assert first.content[0]["annotations"][0]["title"] == "Overseas Travel Policy.docx"
    again = model.invoke("What is the hotel limit there?", previous_response_id=first.response_metadata["id"])
    assert again.text


def test_langchain_embeds_texts_when_it_sends_texts(place: dict[str, Any]) -> None:
    texts = langchain.OpenAIEmbeddings(model="cloister-embedding", check_embedding_ctx_length=False, **place)
    assert len(texts.embed_documents(["hotel", "年假"])) == 2


async def test_pydantic_ai_asks_and_fills_a_form(place: dict[str, Any], finance: Department) -> None:
    from pydantic_ai import Agent, NativeOutput
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    model = OpenAIChatModel(f"cloister/{finance.name}", provider=OpenAIProvider(**place))
    agent = Agent(model, instructions="Be brief.")
    assert "180 US dollars" in (await agent.run(HOTEL)).output
    newer = OpenAIResponsesModel(f"cloister/{finance.name}", provider=OpenAIProvider(**place))
    assert "180 US dollars" in (await Agent(newer).run(HOTEL)).output
    async with agent.run_stream(HOTEL) as stream:
        assert "180 US dollars" in await stream.get_output()
    assert isinstance((await Agent(model, output_type=NativeOutput(Limit)).run(HOTEL)).output, Limit)
