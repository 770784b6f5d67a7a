"""Searches beside the question: fused by turns, never wider than the scope, and in the other language's words."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.retrieval.context import RetrievalContext
from services.retrieval.index.protocol import Scope
from services.retrieval.planning.dictionary import translated
from services.retrieval.planning.expansion import SearchExpansion, expanded, in_other_words
from services.retrieval.planning.hints import hints
from services.retrieval.planning.planner import Planner, TimedPlan
from services.retrieval.planning.relations import computed
from services.retrieval.search.answerability import ANSWER
from services.retrieval.search.deduplication import ComparedPassage
from services.retrieval.search.exact_codes import codes, told
from services.retrieval.search.found import RankedPassage
from services.retrieval.search.interleaving import beside, interleaved, preferred
from shared.errors import Refused, Unavailable
from shared.events import DocumentHint, Passage, Plan, Planned, Principal, QueryRouted, SearchPlan, Turn
from tests.services.retrieval.running import batch, open_context, put

ALICE = Scope(("finance",), (("person:alice",),))


def found(name: str, score: float = 0.5, support: float = 0.5, title: str = "t") -> RankedPassage:
    passage = Passage(
        document_id=name,
        revision=1,
        workspace="finance",
        title=title,
        chunk=0,
        page=1,
        heading=(),
        text=name,
        score=score,
    )
    said = ComparedPassage.of(f"{name} says something of its own, {name * 9}", frozenset())
    return RankedPassage(passage, said, support, datetime.min.replace(tzinfo=UTC), name)


def names(order: Sequence[RankedPassage]) -> list[str]:
    return [one.id for one in order]


def test_what_one_strong_list_finds_first_is_not_voted_down() -> None:
    weak = [found(f"w{n}") for n in range(5)]
    order = interleaved([[found("gold")], weak, weak, weak], 5)
    assert names(order)[:2] == ["w0", "gold"] or names(order)[:2] == ["gold", "w0"]
    assert "gold" in names(order)[:2]


def test_lists_take_turns_and_agreement_decides_among_equals_alone() -> None:
    order = interleaved([[found("a"), found("b")], [found("c"), found("d")], [found("e"), found("b")]], 9)
    assert names(order) == ["a", "c", "e", "b", "d"]


def test_no_passage_scores_less_than_one_behind_it_and_the_best_support_counts() -> None:
    order = interleaved([[found("a", 0.2, 0.1), found("b", 0.1)], [found("c", 0.9), found("a", 0.5, 0.8)]], 9)
    assert [one.passage.score for one in order] == sorted((one.passage.score for one in order), reverse=True)
    assert order[0].support == 0.8


def test_titles_that_the_question_names_come_first() -> None:
    given = [
        found("1", title="AMAZON_2017_10K"),
        found("2", title="BESTBUY_2019_10K"),
        found("3", title="BESTBUY_2017"),
    ]
    assert names(preferred(given, [DocumentHint(name="Best Buy", year=2017)])) == ["3", "2", "1"]
    assert names(preferred(given, [DocumentHint(name="Best Buy", kind="10-K")])) == ["2", "3", "1"]
    assert names(preferred(given, [DocumentHint(name="Nike", year=2017)])) == ["1", "2", "3"]
    assert names(preferred(given, ())) == ["1", "2", "3"]


class Line:
    """A bus on which a model plans."""

    def __init__(self, *replies: Planned | Refused) -> None:
        self.replies, self.asked = list(replies), list[Plan]()

    async def request(self, request: Plan, timeout: float) -> Planned:  # noqa: ASYNC109 as the bus has it
        self.asked.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Refused):
            raise reply
        return reply


PLAN = Planned(plan=SearchPlan(queries=("lodging ceiling",)), model="m")


def query(question: str = "How much per night?", seconds: float = 60, history: tuple[Turn, ...] = ()) -> QueryRouted:
    now = datetime.now(UTC)
    return QueryRouted(
        query="q", client="gateway", principal=Principal(id="person:alice", name="alice"), capability="c",
        question=question, lane="interactive", asked_at=now, expires_at=now + timedelta(seconds=seconds),
        history=history,
    )  # fmt: skip


async def plan(planner: Planner, line: Line, **given: Any) -> TimedPlan | None:
    return await planner.plan(query(**given), line)  # type: ignore[arg-type]


async def test_the_same_question_is_planned_once() -> None:
    planner, line = Planner("auto", 2.0), Line(PLAN, PLAN)
    first, again = await plan(planner, line), await plan(planner, line)
    assert first is not None
    assert again is not None
    assert (first.known, again.known, len(line.asked)) == (False, True, 1)
    history = (Turn(question="And in Europe?", answer="No."),)
    assert await plan(planner, line, history=history) is not None
    assert [asked.earlier for asked in line.asked] == [(), ("And in Europe?",)]


async def test_a_plan_takes_two_seconds_or_a_fifth_of_the_time_that_is_left() -> None:
    planner, line = Planner("auto", 2.0), Line(PLAN, PLAN)
    await plan(planner, line, question="a", seconds=600)
    await plan(planner, line, question="b", seconds=4)
    assert await plan(planner, line, question="c", seconds=1) is None, "too late for a model"
    assert [round(asked.seconds, 1) for asked in line.asked] == [1.8, 0.6]


async def test_without_a_capable_model_it_is_not_asked_for_a_minute() -> None:
    planner, line = Planner("auto", 2.0), Line(Refused("no_capable_model", "None here.", 503))
    assert [await plan(planner, line), await plan(planner, line)] == [None, None]
    assert len(line.asked) == 1
    assert await plan(Planner("off", 2.0), line) is None


async def test_a_model_that_planned_nothing_in_time_is_asked_again() -> None:
    planner, line = Planner("auto", 2.0), Line(Unavailable("late", "not_planned"), PLAN)
    assert await plan(planner, line) is None
    assert await plan(planner, line) is not None


async def search(context: RetrievalContext, question: str, made: TimedPlan | None = None) -> tuple[Passage, ...]:
    """As a question is grounded."""
    here = await context.search()
    asked = await here.analyzed(question)
    beside = await expanded(here, asked, made, "person:alice")
    absent = await here.absent(asked, ALICE)
    return await here.passages(asked, ALICE, 5, ANSWER, planned=beside, absent=absent)


async def test_a_planned_query_finds_what_the_question_does_not_and_only_inside_the_scope(tmp_path: Path) -> None:
    made = TimedPlan(PLAN, 0.1, known=False)
    async with open_context(tmp_path) as context:
        await put(context, batch("policy", ["The lodging ceiling is 180 dollars per stay.", "Meals are 30 dollars."]))
        await put(context, batch("secret", ["The lodging ceiling of the board is 900 dollars."], workspace="board"))
        assert await search(context, "What do nights cost?") == ()
        hits = await search(context, "What do nights cost?", made)
        assert {hit.document_id for hit in hits} == {"policy"}
        assert hits[0].text.startswith("The lodging ceiling")


async def test_the_queries_of_a_plan_are_embedded_in_one_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Planned(plan=SearchPlan(queries=("lodging ceiling", "hotel night limit", "酒店 限额")), model="m")
    async with open_context(tmp_path) as context:
        embedder, calls = (await context.index_set()).embedder, list[Sequence[str]]()
        monkeypatch.setattr(embedder, "questions", _counted(embedder.questions, calls))
        await search(context, "What do nights cost?", TimedPlan(plan, 0.1, known=False))
    assert calls == [["What do nights cost?"], ["lodging ceiling", "hotel night limit", "酒店 限额"]]


def _counted(ask: Any, calls: list[Sequence[str]]) -> Any:
    async def questions(texts: Sequence[str]) -> Any:
        calls.append(list(texts))
        return await ask(texts)

    return questions


async def test_a_chinese_question_finds_an_english_paper_by_the_dictionary(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        paper = "The limit for a hotel is 180 US dollars a night in Europe and North America."
        await put(context, batch("policy", [paper, "Card fees of up to 1.5 % are refunded."]))
        await put(context, batch("vpn", ["VPN access ends after thirty days without use."]))
        assert paper in [hit.text for hit in await search(context, "欧洲住宿标准是多少?")]
        assert await search(context, "木星的卫星是谁发现的？") == ()


async def test_where_the_question_alone_finds_evidence_the_dictionary_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_context(tmp_path) as context:
        index, vectors = (await context.index_set()).now.index, list[Sequence[float]]()
        ask = index.search

        async def searched(dense: Sequence[float], *about: Any) -> Any:
            vectors.append(dense)
            return await ask(dense, *about)

        monkeypatch.setattr(index, "search", searched)
        await put(context, batch("policy", ["The limit for a hotel is 180 US dollars a night in Europe."]))
        assert await search(context, "欧洲住宿标准是多少?")
        assert () in vectors
        vectors.clear()
        await put(context, batch("rules", ["欧洲住宿标准是每晚 1200 元。"]))
        assert (await search(context, "欧洲住宿标准是多少?"))[0].document_id == "rules"
        assert () not in vectors


@pytest.mark.parametrize(
    ("question", "name", "years"),
    [
        ("What was Best Buy's FY2019 revenue?", "Best Buy's", {2019}),
        ("Did Corning grow between 2020 and 2021?", "Did Corning", {2020, 2021}),
        ("亚马逊(Amazon)的净利润是多少？", "Amazon", {None}),
    ],
)
def test_names_and_years_of_a_question_are_hints(question: str, name: str, years: set[int | None]) -> None:
    given = {(hint.name, hint.year) for hint in hints(question)}
    assert {(name, year) for year in years} <= given


async def test_documents_that_the_question_names_come_first(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        for title in ("NIKE_2019_10K", "NIKE_2021_10K", "CORNING_2021_10K"):
            await put(context, batch(title, [f"Total revenue grew. {title} reports revenue of 2021."], title=title))
        found = await search(context, "How did the revenue of Nike grow in 2021?")
        assert [hit.document_id for hit in found][:2] == ["NIKE_2021_10K", "NIKE_2019_10K"]


def test_what_rules_look_for_comes_after_the_first_three_of_the_questions_own_list() -> None:
    own, lines = [found(name) for name in "abcde"], [found("x"), found("a"), found("y")]
    assert names(beside(own, [lines], 7)) == ["a", "b", "c", "x", "d", "e", "y"]
    assert names(beside(own, [], 4)) == ["a", "b", "c", "d"]


async def test_an_english_question_finds_a_chinese_paper_by_the_dictionary(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("rules", ["合同期满前三十天书面通知对方。", "发票逾期按日计息。"]))
        assert "合同期满" in (await search(context, "contract notice in writing"))[0].text


@pytest.mark.parametrize(
    ("question", "words"), [("欧洲住宿标准是多少?", {"europe", "lodging", "standard"}), ("invoice", {"发票"})]
)
def test_the_dictionary_knows_words_both_ways(question: str, words: set[str]) -> None:
    assert words <= {word for words_of_one in translated(question) for word in words_of_one}


async def test_a_code_that_stands_nowhere_is_named_and_lowers_the_score(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        texts = ["The pump QM 200 weighs 340 kg and needs oil each month.", "The pump QM-125 weighs 210 kg."]
        await put(context, batch("manual", texts))
        here = await context.search()
        assert await here.absent(await here.analyzed("What does the pump QM-200 weigh?"), ALICE) == ()
        asked = await here.analyzed("What does the pump ZK-9931 weigh?")
        assert await here.absent(asked, ALICE) == ("ZK-9931",)
        plain, doubted = [await here.passages(asked, ALICE, 5, 0.0, absent=some) for some in ((), ("ZK-9931",))]
        assert [one.score for one in doubted] == pytest.approx([one.score / 2 for one in plain], abs=1e-3)


async def test_the_best_of_a_question_that_nothing_answers_scores_less_than_an_answer(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("manual", ["Pump QM 200 weighs 340 kg.", "Meals are reimbursed against receipts."]))
        here = await context.search()
        asked = [await here.analyzed(text) for text in ("What does the pump QM 200 weigh?", "Who painted the pump?")]
        answered, unanswered = [await here.passages(one, ALICE, 5, 0.0) for one in asked]
        assert unanswered[0].score < 0.7 * answered[0].score


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What costs ZK-9931, and QM-FIN-014?", ("ZK-9931", "QM-FIN-014")),
        ("ISO9001认证到期了吗", ("ISO9001",)),
        ("revenue of FY2022 and Q3-2023 in the 10-K of 2021", ()),
        ("is 3M's A4 paper of 2022 white", ()),
    ],
)
def test_codes_are_letters_with_digits_and_no_years(text: str, named: tuple[str, ...]) -> None:
    assert codes(text) == named


def test_the_note_is_in_the_language_of_the_question() -> None:
    assert "ZK-9931 does not occur" in told(["ZK-9931"], chinese=False)[0]
    assert "没有出现 ZK-9931" in told(["ZK-9931"], chinese=True)[0]
    assert told([], chinese=True) == ()


async def test_words_of_the_other_language_have_no_vector(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        here = await context.search()
        question = "欧洲住宿标准是多少?"
        other = in_other_words(await here.analyzed(question), translated(question))
        assert other is not None
        assert other.vector == ()
        assert SearchExpansion().across is None


@pytest.mark.parametrize(
    ("question", "queries"),
    [
        ("Does Corning have an improving operating margin?", ["Corning consolidated statements of income"]),
        ("What is the FY2019 fixed asset turnover of Best Buy?", ["Best Buy consolidated property", "net sales"]),
        ("2019年末的流动比率是多少？", ["2019 consolidated balance sheets total current assets"]),
        ("How many stores has Best Buy?", []),
    ],
)
def test_a_computed_figure_is_looked_for_by_the_lines_of_its_statements(question: str, queries: list[str]) -> None:
    found = computed(question)
    assert len(found) == len(queries)
    for text, words in zip(found, queries, strict=True):
        assert set(words.split()) <= set(text.split()), text
