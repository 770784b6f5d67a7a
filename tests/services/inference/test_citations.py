"""Marks in answers, and the quotes behind them."""

import pytest

from services.inference.output.citation_markers import cited, marks_of
from services.inference.output.citations import citations, owed
from services.inference.prompt.messages import NOT_HELD
from tests.services.inference.test_prompt import passage

HANDBOOK = "Sick days do not count. Employees have 25 days of leave a year."
LEAVE = passage(HANDBOOK, "leave", 3, start=100, heading=("A", "B"))
MEALS = passage("Lunch costs 4 euros in all canteens.", "meals", 1, score=0.4)
年假 = passage("员工每年享有二十五天带薪年假。病假另算。", "年假", 2)


@pytest.mark.parametrize(
    ("label", "numbers"),
    [("1", (1,)), ("1, 2", (1, 2)), ("1，2、3", (1, 2, 3)), ("２", (2,)), ("2-4", (2, 3, 4)), ("^1", (1,)),
     ("资料 2", (2,)), ("3†source", (3,)), ("Passage 1 and 2", (1, 2)), ("2023", None), ("a", None),
     ("", None), ("1.5", None)],
)  # fmt: skip
def test_marks_come_in_many_forms(label: str, numbers: tuple[int, ...] | None) -> None:
    assert marks_of(label) == numbers


def test_a_citation_quotes_the_sentence_that_was_used() -> None:
    (found,) = citations("You have 25 days of leave [1].", "How many?", (LEAVE, MEALS))
    assert (found.n, found.document_id, found.page, found.heading) == (1, "leave", 3, "A › B")
    assert found.quote == "Employees have 25 days of leave a year."
    assert (found.start, found.end) == (124, 163)


def test_chinese_sentences_are_found_too() -> None:
    (found,) = citations("每年有二十五天年假[1]。", "年假多少天？", (年假,))
    assert found.quote == "员工每年享有二十五天带薪年假。"


def test_an_answer_without_marks_is_attributed() -> None:
    assert owed("Employees have 25 days of leave.", "How many?", (MEALS, LEAVE)) == " [2]"
    assert owed("员工享有二十五天带薪年假。", "多少天？", (LEAVE, 年假)) == " [2]"


def test_an_answer_that_nothing_supports_names_what_was_nearest() -> None:
    near = passage("Unpaid leave is possible.", "unpaid", score=0.45)
    assert owed("Bananas.", "What?", (MEALS, LEAVE, near)) == "\n\nAlso found: [1][2][3]"
    assert owed("香蕉。", "什么？", (passage("x", score=1.0), LEAVE, MEALS)) == "\n\n另外找到：[1]"


def test_a_weak_models_marks_are_completed_by_what_scored_nearly_as_well() -> None:
    far = passage("Unpaid leave is possible.", "unpaid", score=0.3)
    assert owed("25 days [1].", "How many?", (LEAVE, MEALS, far), weak=True) == "\n\nAlso found: [2]"
    assert owed("25 days [1].", "How many?", (LEAVE, far), weak=True) == ""
    assert owed("25 days [1].", "How many?", (LEAVE, MEALS)) == ""


def test_at_most_four_passages_are_named() -> None:
    assert owed("Bananas [2].", "What?", (LEAVE,) * 9, weak=True) == "\n\nAlso found: [1][3][4]"


def test_a_passage_that_no_sentence_rests_on_is_no_source() -> None:
    answer = "Employees have 25 days of leave."
    answer += owed(answer, "How many?", (MEALS, LEAVE), weak=True)
    assert answer.endswith("\n\nSources: [2]\n\nAlso found: [1]")
    assert {one.n: one.used for one in citations(answer, "How many?", (MEALS, LEAVE))} == {2: True, 1: False}
    assert all(one.used for one in citations("Meals [1], leave [2].", "How many?", (MEALS, LEAVE)))


def test_an_answer_that_is_not_held_owes_nothing() -> None:
    assert owed(NOT_HELD[False], "How many?", (LEAVE,), weak=True) == ""


def test_marks_are_listed_once_in_the_order_of_the_text() -> None:
    assert cited("B [2], A [1][2].") == [2, 1]
