"""Where OpenAI's clients look for sources: annotations, and marks that are numbered from 1."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.handlers import answer as hear_answer
from services.gateway.openai.annotations import CitationNumbering
from shared.events import Citation, QueryAsked
from tests.services.gateway.running import answered, token
from tests.services.gateway.test_openai import app

__all__ = ["app"]
HELLO: Any = [{"role": "user", "content": "Margin?"}]
FORM = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}


def cite(n: int, document: str) -> Citation:
    return Citation(n=n, document_id=document, revision=2, title=f"{document}.pdf", page=n, quote="q")


@pytest.fixture
def two_sources(app: Any) -> Any:
    async def then(asked: QueryAsked) -> None:
        app.context.waiting.hear(token(asked, 1, "Up [7"))
        app.context.waiting.hear(token(asked, 2, "], down [3][7]."))
        cited = (cite(3, "three"), cite(7, "seven"))
        message = await app.bus.store(answered(asked, "Up [7], down [3][7].", citations=cited))
        await hear_answer(message.data, app.context, message)

    app.bus.then = then
    return app


async def test_marks_are_numbered_from_1_and_each_source_is_an_annotation(two_sources: Any) -> None:
    reply = await two_sources.client.chat.completions.create(model="cloister", messages=HELLO)
    text, found = reply.choices[0].message.content, reply.choices[0].message.annotations
    assert text == "Up [1], down [2][1]."
    assert [one.url_citation.title for one in found] == ["seven.pdf", "three.pdf"]
    assert found[0].url_citation.url == "http://test/#/source/seven/2/7"
    assert [text[one.url_citation.start_index : one.url_citation.end_index] for one in found] == ["[1]", "[2]"]
    assert [(one["n"], one["document_id"]) for one in reply.citations] == [(1, "seven"), (2, "three")]


async def test_a_stream_has_the_same_text_and_annotations(two_sources: Any) -> None:
    stream = await two_sources.client.chat.completions.create(model="cloister", messages=HELLO, stream=True)
    deltas = [chunk.choices[0].delta async for chunk in stream]
    assert "".join(delta.content or "" for delta in deltas) == "Up [1], down [2][1]."
    (found,) = [delta.annotations for delta in deltas if getattr(delta, "annotations", None)]
    assert [one["url_citation"]["title"] for one in found] == ["seven.pdf", "three.pdf"]


async def test_brackets_of_a_form_are_no_marks(two_sources: Any) -> None:
    reply = await two_sources.client.chat.completions.create(model="cloister", messages=HELLO, response_format=FORM)
    assert reply.choices[0].message.content == "Up [7], down [3][7]."
    assert len(reply.choices[0].message.annotations) == 2


@given(st.lists(st.sampled_from(["[1]", "[12]", "[", "]", "[x]", "7", "a ", "[3", "年"]), max_size=20), st.data())
def test_a_text_in_pieces_is_numbered_as_the_whole(parts: list[str], data: Any) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    whole, pieces = CitationNumbering(), CitationNumbering()
    told = whole.feed(text) + whole.finish()
    found = [pieces.feed(text[start:end]) for start, end in pairwise([0, *cuts, len(text)])]
    assert "".join([*found, pieces.finish()]) == told
    assert (pieces.places, pieces.length) == (whole.places, whole.length) == (whole.places, len(told))
    assert all(told[start:end] == f"[{whole.numbers[n]}]" for n, (start, end) in whole.places.items())
