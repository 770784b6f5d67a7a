"""The order: each leg counts by what it can say of the question, and what is quoted comes first."""

from math import isclose
from typing import Any

from services.retrieval.index.protocol import Hit, Legs
from services.retrieval.search.answerability import CosineScale, QuestionTerms, packed
from services.retrieval.search.calibration import CHINESE, ENGLISH
from services.retrieval.search.fusion import fuse
from services.retrieval.search.ranking import looked_at, ordered
from services.retrieval.text.bm25 import hashes, terms

NOISE = [Hit(f"noise{n}", 3.0 - n / 10) for n in range(8)]
MEANT = [Hit("meant", 0.9), Hit("near", 0.8), *(Hit(f"far{n}", 0.5 - n / 100) for n in range(8))]
BOTH = Legs(MEANT, NOISE)


def first(*texts: str, question: str, legs: Legs, calibration: float = 1.0) -> str:
    """The id of the best; the rows of `text0`, `text1`, … say `texts`, all others nothing."""
    said = {f"text{n}": text for n, text in enumerate(texts)}
    rows: dict[str, Any] = {
        id: {"text": said.get(id, ""), "terms": packed(hashes(terms(said.get(id, ""))))} for id in looked_at(legs, 20)
    }
    return ordered(question, QuestionTerms(question), legs, rows, calibration)[0].id


def test_words_that_reach_little_of_a_question_leave_the_order_to_meaning() -> None:
    assert fuse(BOTH)[0].id == "noise0"
    assert fuse(BOTH, reach=0.05)[0].id == "meant"
    assert first(question="Who mends broken chairs?", legs=BOTH) == "meant"


def test_words_that_reach_most_of_a_question_lead() -> None:
    legs = Legs(MEANT, [Hit("text0", 9.0), Hit("text1", 2.0)])
    texts = "Broken chairs are mended by the joiner.", "Chairs are bought in spring."
    assert first(*texts, question="Who mends broken chairs?", legs=legs) == "text0"


def test_another_word_for_the_same_reaches_too() -> None:
    asked, told = QuestionTerms("酒店怎么报"), frozenset(hashes(terms("住宿标准 380 元")))
    assert asked.reach(told) > 0
    assert asked.reach(frozenset(hashes(terms("安全帽")))) == 0


def test_a_model_without_the_language_moves_nothing() -> None:
    legs = Legs(MEANT, [Hit("words", 9.0), Hit("meant", 8.5), Hit("last", 1.0)])
    assert fuse(legs, calibration=1.0)[0].id == "meant"
    assert fuse(legs, calibration=0.0)[0].id == "words"


def test_a_model_that_knows_no_passages_language_hides_nothing_that_words_find() -> None:
    words = [Hit("words", 9.0), Hit("second", 6.0), Hit("last", 1.0)]
    found = fuse(Legs([Hit(f"noise{n}", 0.0) for n in range(20)], words), reach=0.1)
    assert [one.id for one in found] == ["words", "second", "last"]


def test_a_passage_with_one_of_the_words_is_worth_something_where_few_have_any() -> None:
    words = [Hit("first", 3.9), Hit("second", 3.2)]
    found = fuse(Legs([Hit(f"far{n}", 0.85 - n / 100) for n in range(9)], words))
    assert [one.id for one in found][:2] == ["first", "second"]


def test_scores_lie_between_0_and_1_and_the_best_of_both_legs_has_1() -> None:
    for reach in (0.0, 0.2, 1.0):
        found = fuse(Legs([Hit("a", 0.9), Hit("b", 0.1)], [Hit("a", 5.0), Hit("c", 1.0)]), reach, calibration=0.7)
        assert isclose(found[0].score, 1.0)
        assert all(0 <= one.score <= 1 for one in found)


def test_what_is_quoted_comes_before_what_only_has_its_words() -> None:
    legs = Legs([], [Hit("text0", 9.0), Hit("text1", 5.0)])
    texts = "payment in 30 days, net of all", "Terms are NET 30\ndays."
    assert first(*texts, question="Who offers “net 30 days”?", legs=legs) == "text1"
    assert first(*texts, question="Who offers net 30 days?", legs=legs) == "text0"


def test_the_best_of_each_leg_is_looked_at_whatever_the_other_says() -> None:
    crowd = [Hit(f"crowd{n}", 100.0 - n / 10) for n in range(60)]
    assert {"meant", "near", "crowd0"} <= set(looked_at(Legs(MEANT, crowd), 8))


async def test_trust_is_measured_for_each_language() -> None:
    class English:
        """Knows every English text by its place among the pairs, and takes all Chinese ones for one."""

        name = "english"

        async def questions(self, texts: list[str]) -> list[list[float]]:
            return [self._row(text, 0) for text in texts]

        async def passages(self, texts: list[str]) -> list[list[float]]:
            return [self._row(text, 1) for text in texts]

        def _row(self, text: str, part: int) -> list[float]:
            known = [pair[part] for pair in ENGLISH]
            return [float(known.index(text) == n) if text in known else 0.3 for n in range(len(known))]

    calibration = (await CosineScale.of(English())).calibration
    assert (calibration.inside("Where is it?"), calibration.inside("在哪里？")) == (1.0, 0.0)
    assert len(ENGLISH) == len(CHINESE)


def score(found: list[Any], id: str) -> float:
    return next(float(one.score) for one in found if one.id == id)
