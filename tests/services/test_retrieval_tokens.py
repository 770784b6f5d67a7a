"""Terms: what a question and a text must have in common."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.retrieval import tokens


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("VPN-4012", "VPN-4012號的設定"),
        ("4012", "see VPN-4012"),
        ("1958", "成立于1958年"),
        ("12.5%", "grew 12.5％ in a year"),
        ("12.5", "增长12.5%"),
        ("2500", "it costs $2,500 a month"),
        ("ＡＢＣ１２３", "abc123"),
        ("發票", "发票须在三十天内提交"),
        ("发票", "請附上發票"),
        ("companies", "the company"),
        ("cafe", "Café"),
        ("FY2022", "in 2022"),
        ("Johnson's", "Johnson & Johnson"),
        ("AMCOR", "AMCOR_2022_8K.pdf"),
        ("ประเทศ", "ประเทศไทย"),
        ("한국", "한국어"),
        ("带薪年假", "每年享有带薪年假十五天"),
    ],
)
def test_a_question_meets_the_text_that_says_the_same(asked: str, told: str) -> None:
    assert set(tokens.question(asked).indices) & set(tokens.document(told).indices)


def test_numbers_that_differ_do_not_meet() -> None:
    assert not set(tokens.terms("12.5%")) & set(tokens.terms("125% or 12,5"))


def test_stop_words_alone_make_an_empty_vector() -> None:
    assert tokens.question("What is the 的") == ([], [])


def test_a_word_said_often_weighs_more_but_not_in_proportion() -> None:
    once, often = (max(tokens.document(text).values) for text in ("invoice due", "invoice " * 20 + "due"))
    assert once < often < 3 * once


@given(st.text())
def test_any_text_gives_32_bit_terms_each_once(text: str) -> None:
    indices, values = tokens.document(text)
    assert len(set(indices)) == len(indices) == len(values)
    assert all(0 <= index < 2**32 for index in indices)
    assert all(value > 0 for value in values)
