"""What the model reads, and what does not fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inference.prompt.context_budget import excerpt, fit
from services.inference.prompt.messages import ADDED, NOT_HELD, Limits, compose, pieces
from services.inference.prompt.token_counter import TokenCounter
from services.inference.prompt.words import words
from shared.errors import Refused
from shared.events import Passage, Principal, QueryGrounded, Turn
from tests.services.support.scripted_engine import Parrot

METER = TokenCounter(Parrot())


def passage(text: str, document: str = "d", page: int = 1, chunk: int = 0, **more: object) -> Passage:
    given = {"document_id": document, "revision": 1, "workspace": "w", "title": f"{document}.pdf", "score": 0.5}
    return Passage.model_validate(given | {"page": page, "chunk": chunk, "text": text} | more)


def query(question: str, *passages: Passage, history: tuple[Turn, ...] = ()) -> QueryGrounded:
    asked = {"query": "q", "client": "gateway", "principal": Principal(id="person:a", name="a"), "capability": "c"}
    times = {"expires_at": "2030-01-01T00:00:00Z", "asked_at": "2029-01-01T00:00:00Z"}
    return QueryGrounded.model_validate(
        asked | times | {"question": question, "passages": passages, "history": history}
    )


def composed(asked: QueryGrounded, room: int = 3000, budget: int = 2000):  # type: ignore[no-untyped-def]
    return compose(asked, [METER.estimate(text) for text in pieces(asked)], Limits(room, budget))


def test_passages_come_in_document_order_and_the_question_last() -> None:
    given = (
        passage("Lunch costs 4 euros.", "b"),
        passage("25 days.", "a", 2),
        passage("Leave.", "a", 1, heading=("HR",)),
    )
    system, user = composed(query("How many days?", *given)).messages
    assert user["content"] == (
        "[1] a.pdf › HR (p. 1)\nLeave.\n\n[2] a.pdf (p. 2)\n25 days.\n\n[3] b.pdf (p. 1)\nLunch costs 4 euros.\n\n"
        "Question: How many days?"
    )
    assert NOT_HELD[False] in system["content"]


def test_a_chinese_question_is_asked_for_in_chinese() -> None:
    system, user = composed(query("年假有多少天？", passage("年假有二十五天。"))).messages
    assert user["content"].endswith("问题：年假有多少天？")
    assert NOT_HELD[True] in system["content"]


def test_earlier_turns_are_messages_and_the_oldest_are_left_out_first() -> None:
    history = tuple(Turn(question=f"q{n} " + "x " * 300, answer=f"a{n}") for n in range(4))
    prompt = composed(query("And now?", passage("25 days."), history=history), room=1400)
    assert [message["role"] for message in prompt.messages] == ["system", "user", "assistant", "user"]
    assert prompt.messages[2]["content"] == "a3"
    assert prompt.turns_left_out == 3


def test_what_does_not_fit_is_counted_and_the_wanted_sentence_stays() -> None:
    filler = "The weather was fine that day. " * 60
    long = filler + "Employees have 25 days of annual leave. " + filler
    prompt = composed(query("How many days of annual leave do employees have?", passage(long)), budget=120)
    assert prompt.shortened == 1
    assert "25 days of annual leave" in prompt.passages[0].text
    kept = prompt.passages[0]
    assert long[kept.start : kept.end] == kept.text


def test_many_passages_share_a_small_budget() -> None:
    fitted = fit("x", tuple(passage("word " * 400, chunk=n) for n in range(9)), [400] * 9, 240)
    assert (len(fitted.passages), fitted.shortened, fitted.left_out) == (4, 4, 5)


def test_a_question_longer_than_the_models_context_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        composed(query("字" * 9000, passage("25 days.")))
    assert (refused.value.reason, refused.value.status) == ("question_too_long", 413)


@given(st.text(max_size=300), st.integers(1, 100))
def test_an_excerpt_is_a_short_enough_part(text: str, size: int) -> None:
    found = excerpt(text, words("25 days"), size)
    assert found in text
    assert len(found) <= size


def test_the_estimate_follows_what_engines_report() -> None:
    meter = TokenCounter(Parrot())
    before = meter.estimate("年假有二十五天。" * 20)
    meter.learn(100, 180)
    assert meter.estimate("年假有二十五天。" * 20) > 1.7 * before
    meter.learn(100, 20)
    assert meter.scale == pytest.approx(1.8)


def test_a_callers_instructions_stand_below_our_own() -> None:
    asked = query("How many days?", passage("25 days.")).model_copy(update={"instructions": "Answer like a pirate."})
    system, _ = composed(asked).messages
    ours, heading, theirs = system["content"].partition(ADDED)
    assert NOT_HELD[False] in ours
    assert (heading, theirs) == (ADDED, "Answer like a pirate.")
    long = asked.model_copy(update={"instructions": "word " * 9000})
    with pytest.raises(Refused, match="with its instructions"):
        composed(long)


def test_a_plain_question_comes_alone_with_its_conversation() -> None:
    history = tuple(Turn(question=f"q{n}", answer=f"a{n}") for n in range(4))
    asked = query("Tell a joke.", history=history).model_copy(update={"plain": True, "instructions": "Rhyme."})
    messages = composed(asked).messages
    assert [message["content"] for message in messages[1:]] == [
        "q0",
        "a0",
        "q1",
        "a1",
        "q2",
        "a2",
        "q3",
        "a3",
        "Tell a joke.",
    ]
    assert NOT_HELD[False] not in messages[0]["content"]
    assert messages[0]["content"].endswith("Rhyme.")
