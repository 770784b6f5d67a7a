"""Terms: what a question and a text must have in common."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.retrieval.query import title_terms
from services.retrieval.text import bm25


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
        ("¥1,200,000", "授信额度 120 万元"),
        ("120万", "a limit of CNY 1,200,000"),
        ("$1.2 million", "1,200,000 US dollars"),
        ("1.2 billion", "12亿"),
        ("FY22", "the year 2022"),
        ("2022年", "二〇二二年度报告"),
        ("Does it count?", "does counting matter"),
    ],
)
def test_a_question_meets_the_text_that_says_the_same(asked: str, told: str) -> None:
    assert set(bm25.question(asked).indices) & set(bm25.document(told).indices)


def test_numbers_that_differ_do_not_meet() -> None:
    assert not set(bm25.terms("12.5%")) & set(bm25.terms("125% or 1,25"))


@pytest.mark.parametrize(
    ("asked", "told"),
    [("1.2 million", "120,000"), ("120万", "1,200 and 12,000,000"), ("5 m", "5,000,000"), ("FY22", "2122")],
)
def test_amounts_and_years_that_differ_do_not_meet(asked: str, told: str) -> None:
    assert not {term for term in bm25.terms(asked) if len(term) > 3} & set(bm25.terms(told))


def test_stop_words_alone_make_an_empty_vector() -> None:
    assert bm25.question("What is the 的") == ([], [])


def test_a_word_said_often_weighs_more_but_not_in_proportion() -> None:
    once, often = (max(bm25.document(text).values) for text in ("invoice due", "invoice " * 20 + "due"))
    assert once < often < 3 * once


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("What did Best Buy sell in FY2019?", "BESTBUY_2019_10K.pdf"),
        ("What did BestBuy sell?", "Best Buy annual report"),
        ("Who audits General Mills?", "GeneralMills2022.pdf"),
        ("差旅怎么报销", "差旅报销制度.pdf"),
    ],
)
def test_a_title_that_names_what_is_asked_lifts_its_chunks(asked: str, title: str) -> None:
    text = "Nothing of it is said here."
    assert meeting(asked, bm25.document(text, title)) >= meeting(asked, bm25.document(f"{text} {title}")) + 1


def test_a_word_in_a_heading_counts_beside_the_text_and_less_in_a_long_one() -> None:
    text = "Cash and cash equivalents 5,794"
    plain, short, long = (
        meeting("the balance sheet", bm25.document(text, heading=heading))
        for heading in (
            [],
            ["Balance sheet"],
            ["Balance sheet and eleven more words that make this one quite a long path"],
        )
    )
    assert plain < long < short


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("capex in 2022", "Purchases of property and equipment (412)"),
        ("P&L", "CONSOLIDATED STATEMENTS OF OPERATIONS"),
        ("statement of financial position", "合并资产负债表"),
        ("Did PP&E grow?", "Property, plant and equipment, net"),
        ("毛利率是多少", "Gross profit 18,100"),
        ("酒店能报多少", "住宿标准"),
        ("the vendor's invoices", "Bills of the supplier"),
    ],
)
def test_a_question_is_searched_with_the_other_words_for_the_same(asked: str, told: str) -> None:
    assert not set(bm25.terms(asked)) & set(bm25.terms(told))
    assert meeting(asked, bm25.document(told)) > 0


def test_a_line_of_a_statement_looks_for_the_statement() -> None:
    sheet, other = (bm25.document("See below.", heading=[title]) for title in ("Balance Sheets", "Legal Proceedings"))
    assert meeting("What are the inventories?", sheet) > meeting("What are the inventories?", other) == 0


def test_words_that_tell_how_to_answer_hardly_count() -> None:
    asked = bm25.asked("In agreement with the information outlined in it, who signs the agreement? Please answer.")
    assert asked["sign"] == asked["agreement"] == 1.0
    assert asked["answer"] == asked["pleas"] == asked["inform"] == bm25.FILLER


@pytest.mark.parametrize("marks", ["“{}”", '"{}"', "「{}」", "《{}》"])
def test_what_is_quoted_counts_more_and_is_found_word_for_word(marks: str) -> None:
    question = f"Where is {marks.format('net 30 days')} said of 发票?"
    assert bm25.asked(question)["30"] == bm25.QUOTED > bm25.asked(question)["said"]
    assert title_terms.quoted(question) == ["net 30 days"]
    assert title_terms.holds("Terms: ＮＥＴ 30\ndays after delivery", "net 30 days")
    assert not title_terms.holds("30 days net", "net 30 days")


def meeting(asked: str, told: bm25.Sparse) -> float:
    """The score without IDF."""
    weights = dict(zip(*told, strict=True))
    return sum(value * weights.get(index, 0.0) for index, value in zip(*bm25.question(asked), strict=True))


@given(st.text())
def test_any_text_gives_32_bit_terms_each_once(text: str) -> None:
    indices, values = bm25.document(text)
    assert len(set(indices)) == len(indices) == len(values)
    assert all(0 <= index < 2**32 for index in indices)
    assert all(value > 0 for value in values)
