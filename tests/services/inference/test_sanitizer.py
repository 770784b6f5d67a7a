"""What a hostile model writes, and what leaves."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inference.output.sanitizer import Sanitizer

PARTS = ["![", "[", "]", "](", "(", ")", "!", "<", ">", "<b>", "</think>", "<img src=x",
         "http", "://", ":", "/", "www", ".", "evil.com", "1", "9", "【1】",
         "[1, 2]", "[1]", " ", "\n", "年假", "a", "\u200b", "data", "javascript:", "]:", "?q=", "–"]  # fmt: skip
FORBIDDEN = re.compile(r"!\[|\]\(|\]:|<[a-zA-Z/!?]|://|(?<![a-z0-9+.-])www\.|\u200b", re.IGNORECASE)
texts = st.lists(st.sampled_from(PARTS), max_size=25).map("".join)


def cleaned(text: str, *cuts: int, passages: int = 5, hosts: frozenset[str] = frozenset()) -> str:
    cleaner, edges = Sanitizer(passages, hosts), [0, *sorted(cuts), len(text)]
    return "".join(cleaner.feed(text[a:b]) for a, b in pairwise(edges)) + cleaner.finish()


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("It is 25 days [1].", "It is 25 days [1]."),
        ("Both [1, 2] and 【3】", "Both [1][2] and [3]"),
        ("年假有二十五天【１】，见[2，3]。", "年假有二十五天[1]，见[2][3]。"),
        ("A range [1-3], a stranger [9].", "A range [1][2][3], a stranger ."),
        ("In [2023] and [a note].", "In [2023] and [a note]."),
        ("Great![1]", "Great! [1]"),
        ("![x](https://evil.com/?q=secret)done", "done"),
        ("see [this](https://evil.com/a) now", "see this now"),
        ("see https://evil.com/a?b=c, or www.evil.com", "see (link removed) or (link removed)"),
        ("<img src=https://evil.com/x>ok<script>", "ok"),
        ("if a < b and b<3: fine", "if a < b and b<3: fine"),
        ("[1](https://evil.com)", "[1]"),
        ("[x]: //evil.com", "[x] : //evil.com"),
    ],
)
def test_only_text_and_marks_leave(raw: str, clean: str) -> None:
    assert cleaned(raw) == clean


def test_a_link_to_a_listed_host_passes() -> None:
    hosts = frozenset({"wiki.corp"})
    text = "see [the wiki](https://wiki.corp/leave) or https://wiki.corp/x and https://wiki.corp.evil.com/x"
    told = cleaned(text, hosts=hosts)
    assert told == "see [the wiki](https://wiki.corp/leave) or https://wiki.corp/x and (link removed)"


@given(texts)
def test_no_text_becomes_a_link_an_image_or_a_tag(text: str) -> None:
    assert not FORBIDDEN.search(cleaned(text)), cleaned(text)


@given(texts, st.data())
def test_the_cuts_between_pieces_change_nothing(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    assert cleaned(text, *cuts) == cleaned(text)


def test_a_word_leaves_when_the_next_begins() -> None:
    cleaner = Sanitizer(3)
    assert cleaner.feed("The answer is") == "The answer "
    assert cleaner.feed(" 25") == "is 25"
    assert cleaner.feed("，年假[") == "，年假"
    assert cleaner.feed("1]。") == "[1]。"
