"""Answers that go round in circles end cleanly; answers that do not lose nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inference.output.repetition import RepetitionFilter

CLAUSE = "，每一个审批人都要在当天签字盖章并归档"
LEAVE = "员工每年享有二十五天年假[1]。"
LIMIT = "The limit for a hotel is 180 US dollars. "
CIRCLES = {
    "a sentence": (LIMIT * 3, LIMIT),
    "a sentence with other marks": (LEAVE + LEAVE.replace("1", "2"), LEAVE),
    "a round of two": ((LIMIT + "Breakfast is included.\n") * 2, LIMIT + "Breakfast is included.\n"),
    "a last sentence without its end": (LIMIT + "\n\n" + LIMIT.rstrip(". "), LIMIT),
    "one word": ("No.\n" * 9, "No.\n" * 4),
    "a clause": ("He pays" + " at most 5% of the value," * 9, "He pays" + " at most 5% of the value," * 3),
    "a Chinese clause": ("合同" + CLAUSE * 5, "合同" + CLAUSE * 3),
}  # fmt: skip
FAIR = {
    "a sentence said again later": LIMIT + "Nobody asked. In short: nothing. And so on. Or not. " + LIMIT,
    "sentences that begin alike": "Employees have 25 days of leave. Employees have 25 days of rest. Employees have 2",
    "a list": "1. Yes.\n2. Yes.\n3. No.\n",
    "a table": "| a | b |\n| --- | --- |\n| --- | --- |\n| 1 | 1 |\n",
    "code": "if x:\n    }\n    }\n    }\n    }\n    }\n",
    "a rule": "-" * 900,
}


def told(text: str, size: int = 1) -> str:
    repetition = RepetitionFilter()
    parts = [repetition.feed(text[at : at + size]) for at in range(0, len(text), size)]
    return "".join([*parts, repetition.finish()])


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize("case", CIRCLES)
def test_an_answer_that_goes_in_circles_ends_after_the_first_round(case: str, size: int) -> None:
    text, ending = CIRCLES[case]
    found = told(text, size).strip()
    assert found.startswith(ending.strip())
    assert len(found) < len(ending.strip()) + size


@pytest.mark.parametrize("case", FAIR)
def test_a_fair_answer_loses_nothing(case: str) -> None:
    assert told(FAIR[case]) == FAIR[case]


def test_nothing_of_a_second_round_is_told_before_it_is_known_to_be_one() -> None:
    repetition = RepetitionFilter()
    assert repetition.feed(LIMIT + "The limit for a hotel") == LIMIT.rstrip()
    assert repetition.feed(" is 200 US") == " The limit for a hotel is 200 US"
    assert not repetition.found


@given(st.text(alphabet="ab1.。\n ", max_size=80), st.integers(1, 9))
def test_what_is_told_is_the_beginning_of_the_text(text: str, size: int) -> None:
    assert text.startswith(told(text, size))
