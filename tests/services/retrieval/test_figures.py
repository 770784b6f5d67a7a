"""Amounts, dates, articles and codes are found however they are written."""

import pytest

from services.retrieval.text import bm25
from services.retrieval.text.figures import canonical
from services.retrieval.text.tokenizer import terms


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("230,000.00", "230000"), ("1.250.000,00 EUR", "1250000"), ("1'250'000.50", "1250000.5"),
        ("1 250 000", "1250000"), ("12,345,678", "12345678"), ("$2.4m", "2400000"), ("EUR 3k", "3000"),
        ("2.4 million", "2400000"), ("EUR 1,2 Mio", "1200000"), ("$1.2bn", "1200000000"), ("240万", "2400000"),
        ("二百四十万", "2400000"), ("3.25亿元", "325000000"), ("人民币贰拾叁万元整", "230000"), ("三十日", "30"),
        ("十二万三千元", "123000"), ("8.50%", "8.5"), ("8.50%", "8.5%"), ("1.250", "1250"), ("1.250", "1.25"),
        ("押金为240万元", "2400000"), ("押金1.250.000,00元", "1250000"), ("亚马逊FY19营收", "2019"),
    ],
)  # fmt: skip
def test_an_amount_is_one_term_in_every_spelling(written: str, term: str) -> None:
    assert term in terms(written)


@pytest.mark.parametrize(
    "written",
    [
        "2024年3月8日", "2024.03.08", "20240308", "2024-03-08", "8.3.2024", "March 8, 2024", "8th of March 2024",
        "8. März 2024", "二〇二四年三月八日",
    ],
)  # fmt: skip
def test_a_day_is_one_term_in_every_spelling(written: str) -> None:
    assert "20240308" in terms(written)


@pytest.mark.parametrize("written", ["2024年3月", "March 2024", "Mar. 2024", "2024-03", "二〇二四年三月"])
def test_a_month_is_one_term_in_every_spelling(written: str) -> None:
    assert "202403" in terms(written)


@pytest.mark.parametrize(
    ("written", "term"),
    [("第二十一条", "第21条"), ("第21条", "第21条"), ("第一百零三条之二", "第103条之2"), ("第 3 章", "第3章")],
)
def test_an_article_is_one_term_in_figures_and_numerals(written: str, term: str) -> None:
    assert term in terms(written)


@pytest.mark.parametrize(
    ("one", "other"),
    [("KX-4410", "KX4410"), ("co-ordinator", "coordinators"), ("C++", "c++"), ("C#", "c#"), (".NET", ".net 8")],
)
def test_codes_and_words_meet_with_and_without_their_signs(one: str, other: str) -> None:
    assert set(terms(one)) & set(terms(other)) - {"c", "net"}


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("24.91²", "24.912"), ("10⁶", "106"), ("千万不要", "10000000"), ("万一发生", "10000"), ("2.4m tall", "2400000"),
        ("ISO 9001:2015", "90012015"), ("192.168.1.10", "192168110"), ("第二十一条", "21条"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_figure_makes_none(text: str, never: str) -> None:
    assert never not in terms(text)


def test_a_decimal_sign_is_told_from_a_thousands_separator() -> None:
    assert [canonical(figure) for figure in ("1.250,50", "1,250.50", "0.125", "1.250", "007", "1,250", "12.0")] == [
        ("1250.5",), ("1250.5",), ("0.125",), ("1.25", "1250"), ("007",), ("1250",), ("12",)
    ]  # fmt: skip


def test_another_article_is_no_answer_to_the_one_that_is_asked_for() -> None:
    asked = dict(zip(*bm25.question("第21条"), strict=True))
    texts = ("第二十一条 争议由法院管辖。", "第一百零五条 本办法自发布之日起施行。", "第二条 三十日内交货。")
    scores = [worth(asked, text) for text in texts]
    assert scores[0] > 3 * max(scores[1:])


@pytest.mark.parametrize("question", ["2024年3月22日", "2024-03-22", "2024.3.22"])
def test_another_day_of_the_month_is_no_answer_to_the_one_that_is_asked_for(question: str) -> None:
    asked = dict(zip(*bm25.question(question), strict=True))
    other = max(worth(asked, text) for text in ("验收于2024年3月15日完成。", "On 2024.03.08 hall 4 was inspected."))
    assert worth(asked, "Job 20240322 failed.") > other
    assert worth(asked, "2024年3月22日交货。") > 1.5 * other


def worth(asked: dict[int, float], text: str) -> float:
    return sum(asked.get(at, 0.0) * weight for at, weight in zip(*bm25.document(text), strict=True))
