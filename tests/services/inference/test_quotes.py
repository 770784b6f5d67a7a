"""What a citation quotes: the statement that was used, in words, never a bare heading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inference.output.citations import citations
from services.inference.output.quotes import quoted
from services.inference.prompt.statements import QUOTE, named, statements, told
from services.inference.prompt.words import words
from tests.services.inference.test_prompt import passage

RATES = "## 4 Exchange rates\n\nExpenses are converted at the **middle rate** of the day.\n\n## 5 Insurance\n\nTell HR."
HEAD = "## Prices\n\n| Article | 名称 | Price |\n| --- | --- | --- |\n"
PRICES = HEAD + "| QM-125 | 离心泵 | 11,400 |\n| QM-350 | 渣浆泵 | 92,500 |"
HOTELS = "三、住宿标准\n城市 普通员工\n上海 650 元/晚\n四、伙食补贴\n出差期间伙食补贴为每天 120 元。"
WRAPPED = "生产部现场安装人员的外派待遇按照公司每年一月公布的\n《现场安装外派规定》执行，不适用本制度。"


def quote(text: str, question: str, answer: str = "") -> str:
    (found,) = citations(f"{answer} [1].", question, (passage(text),))
    return found.quote


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        (RATES, "What are the exchange rates?", "Expenses are converted at the middle rate of the day."),
        (RATES, "Which insurance?", "Tell HR."),
        (PRICES, "What does the QM-350 cost?", "QM-350 · 渣浆泵 · 92,500"),
        (HOTELS, "上海的住宿标准是多少？", "城市 普通员工 上海 650 元/晚"),
        (HOTELS, "伙食补贴是多少？", "出差期间伙食补贴为每天 120 元。"),
        (WRAPPED, "外派待遇是什么？", WRAPPED.replace("\n", "")),
        ("Article 2 Prices\nThe base price is 31,800 yuan.", "What are the prices?", "The base price is 31,800 yuan."),
        ("- `Fees` of *1.5 %* are refunded.\n- Nothing else.", "Are fees refunded?", "Fees of 1.5 % are refunded."),
        ("# Only a heading", "What?", "Only a heading"),
    ],
)
def test_a_quote_is_the_statement_that_says_most_of_it(text: str, question: str, expected: str) -> None:
    assert quote(text, question) == expected


def test_the_answers_words_count_as_much_as_the_questions() -> None:
    text = "Sick days are paid. Casual leave is unpaid. Annual leave is 25 days."
    assert quote(text, "How is leave counted?", "Annual leave has 25 days") == "Annual leave is 25 days."


def test_a_line_that_is_the_passages_heading_is_not_quoted() -> None:
    text = "Term and notice\nIt runs for 36 months."
    (start, end) = quoted(passage(text, heading=("Agreement", "Term and notice")), words("What is the notice?"))
    assert text[start:end] == "It runs for 36 months."


def test_two_sentences_are_quoted_when_both_are_needed() -> None:
    text = "Lunch is at noon. The agreement runs for 36 months. It ends with a notice of 90 days. Nobody smokes."
    assert quote(text, "How many months and days of notice has the agreement?") == text[18:-15]


def test_a_line_of_a_long_sentence_comes_with_the_lines_it_was_wrapped_into() -> None:
    lines = [
        "Net sales rose because more people came and bought more; prices,",
        "which had risen in the year before, did not; the expenses decreased to 23.5 % compared to",
        "23.8 % in the fourth quarter of the year before",
        "Assets 97 3 18 118 and many other figures that make this text longer than a quote may be 400 500 600 700",
        "Liabilities 97 3 18 118 and many other figures that make this text longer than it may be 400 500 600 700",
    ]
    assert quote("\n".join(lines), "How did expenses change?") == " ".join(lines[:3])


def test_a_row_can_be_told_with_the_names_of_its_columns() -> None:
    rows = statements(PRICES)
    assert [named(PRICES, row.start, row.end) for row in rows][1] == "Article: QM-350; 名称: 渣浆泵; Price: 92,500"


@given(st.text(alphabet="ab.。 \n#|-*`1字", max_size=700), st.text(alphabet="ab 字", max_size=9))
def test_a_quote_is_short_and_its_span_inside_the_passage(text: str, question: str) -> None:
    start, end = quoted(passage(text), words(question))
    assert 0 <= start <= end <= len(text)
    assert end - start <= QUOTE
    assert "\n" not in told(text, start, end)
