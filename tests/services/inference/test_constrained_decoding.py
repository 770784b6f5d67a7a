"""What the packaged model may write, and what it then writes."""

from services.inference.engines.constrained_decoding import held
from services.inference.prompt.messages import Limits, Prompt, compose, pieces
from tests.services.inference.test_prompt import METER, passage, query

LEAVE = passage('Sick days do not count. Employees have "25" days of leave a year.', "leave", score=1.0)
MEALS = passage("Lunch costs 4 euros in all canteens.", "meals", score=0.2)
REST = passage("Managers have 30 days of leave a year, and lunch.", "rest", score=0.9)


def allowed(question: str, *passages: object) -> Prompt:
    asked = query(question, *passages)  # type: ignore[arg-type]
    composed = compose(asked, [METER.estimate(text) for text in pieces(asked)], Limits(3000, 2000))
    return held(question, composed)


def test_the_packaged_model_writes_the_best_statement_and_its_mark() -> None:
    prompt = allowed("How many days of leave do employees have?", MEALS, LEAVE)
    assert prompt.grammar == r'root ::= "Employees have \"25\" days of leave a year. [1]"'
    assert [message["role"] for message in prompt.messages] == ["user"]
    assert "Lunch" not in prompt.messages[0]["content"]


def test_it_may_add_another_passages_statement_that_is_nearly_as_good() -> None:
    assert allowed("How many days of leave a year?", LEAVE, MEALS, REST).grammar.endswith(
        r'(" " "Managers have 30 days of leave a year, and lunch. [3]")?'
    )


def test_a_passage_that_says_nothing_of_the_question_gives_its_first_statement() -> None:
    assert "Lunch costs 4 euros" in allowed("香蕉？", MEALS).grammar


def test_a_passage_of_marks_alone_gives_its_title() -> None:
    assert allowed("What?", passage("**", "marks")).grammar == 'root ::= "marks.pdf [1]"'
