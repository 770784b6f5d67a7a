"""Reasoning and answer, however the stream is cut."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.inference.output.reasoning import ReasoningFilter

TEXT = "<think>先想一想 < b</think>The answer <thin line> is 25."


def split(text: str, cuts: list[int], inside: bool = False) -> dict[str, str]:
    thinking, edges = ReasoningFilter(inside), [0, *sorted(cuts), len(text)]
    told = [pair for a, b in pairwise(edges) for pair in thinking.feed(text[a:b])]
    told += thinking.finish()
    return {kind: "".join(part for voice, part in told if voice == kind) for kind in ("reasoning", "token")}


@given(st.lists(st.integers(0, len(TEXT)), max_size=20))
def test_every_cut_gives_the_same_reasoning_and_answer(cuts: list[int]) -> None:
    assert split(TEXT, cuts) == {"reasoning": "先想一想 < b", "token": "The answer <thin line> is 25."}


def test_every_single_character_may_come_alone() -> None:
    assert split(TEXT, list(range(len(TEXT))))["token"] == "The answer <thin line> is 25."


def test_a_template_that_opens_the_tag_itself_is_known() -> None:
    assert split("hm</think>25", [2, 5], inside=True) == {"reasoning": "hm", "token": "25"}


@given(st.text(alphabet="<think>/ab", max_size=40), st.data())
def test_nothing_is_lost(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    assert split(text, cuts) == split(text, [])
