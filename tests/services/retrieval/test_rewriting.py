"""A follow-up is searched with what it refers to; a question that stands alone never changes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.retrieval.query.follow_up import leans
from services.retrieval.query.rewriting import SearchQuery, follow
from services.retrieval.search.answerability import ANSWER
from services.retrieval.text.bm25 import question as worded
from shared.events import Turn
from tests.services.retrieval.running import ask, batch, open_context, put

EXAMPLES = Path(__file__).parents[3] / "examples"
ASKED = datetime(2026, 11, 2, tzinfo=UTC)
LEANING = """那去年呢？|那加班呢|总监呢|它的交货期是几周？|谁批准？|为什么？|多少钱？|如果是总经理呢？
这个怎么算？|上面的标准适用于实习生吗？|有例外吗？|能详细说说吗？|和去年相比呢？|2025 年呢？
这些文件保存多久？|那上海的呢？|其中差旅费是多少？|该制度什么时候生效？|同样的情况经理呢
And for last year?|what about Germany?|And in Asia?|Who approves it?|How long does it last?
and the delivery time?|In Europe?|How much is that?|Does that apply to interns?|And on weekends?
How many days?|Tell me more.|Any exceptions?|What was it in 2024?|Germany?
How about the year before?|Why not?|And who signs them?|Is it paid?|What if I am late?"""
ALONE = """年假|VPN-4012|差旅报销制度|入职满一年有几天年休假？|合同由谁审批？|What is EBITDA?|Who is Shen Yue?
warranty castings|How long does it take to get a visa?|In which countries does the policy apply?
Is it possible to book premium economy on short flights?
那本《差旅报销制度》规定普通员工出差可以坐什么交通工具？|What is the QM-200 and what does it cost?
今年的差旅费预算是多少？|What did we spend on travel last year?
And what is the hotel limit for managers in Europe during fairs?|杨丽音和她的丈夫是如何认识的？
单笔 20,000 元以上的报销由谁批准？|保密期限"""
BUDGETS = [f"The travel budget of the sales department in {year} is {year - 1800} yuan." for year in (2024, 2025, 2026)]


def turns(*questions: str) -> tuple[Turn, ...]:
    return tuple(Turn(question=question, answer="") for question in questions)


def lines(text: str) -> list[str]:
    return [each for line in text.splitlines() for each in line.split("|")]


@pytest.mark.parametrize("question", lines(LEANING))
def test_a_question_leans_on_what_was_asked_before(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize("question", lines(ALONE))
def test_a_question_stands_alone(question: str) -> None:
    assert not leans(question)


def test_the_sample_companys_questions_are_searched_as_they_are_whatever_was_asked_before() -> None:
    before = turns("Who won the football match in Lisbon?", "食堂周五供应什么汤？")
    asked = [json.loads(row)["question"] for row in (EXAMPLES / "company/questions.jsonl").read_text().splitlines()]
    assert [follow(text, before, ASKED) for text in asked] == [SearchQuery(text, worded(text)) for text in asked]


def test_every_sample_follow_up_is_known_as_one() -> None:
    rows = [json.loads(row) for row in (EXAMPLES / "followups.jsonl").read_text().splitlines()]
    assert len(rows) >= 30
    assert [row["question"] for row in rows if not leans(row["question"])] == []
    assert [row["before"][0] for row in rows if leans(row["before"][0])] == []


@pytest.mark.parametrize(
    ("before", "question", "said", "unsaid"),
    [
        ("What was the travel budget in 2026?", "And for last year?", "2025", "2026"),
        ("What is the travel budget this year?", "And last year?", "2025", "2026"),
        ("生产部 2024 年的差旅费预算是多少？", "那前年呢？", "2022", "2024"),
        ("生产部今年的差旅费预算是多少？", "去年呢？", "2025", "2026"),
        ("第三季度什么时候结账？", "那第四季度呢？", "第四季度", "第三"),
        ("QM-200 的试验压力是多少？", "那 QM-125 呢？", "QM-125", "QM-200"),
        ("What is the hotel limit in Europe?", "what about South-East Asia?", "South-East Asia", "Europe"),
        ("普通员工到上海出差，住宿标准是多少？", "那北京呢？", "北京", "上海"),
        ("B 级客户的账期是多少天？", "那 A 级呢？", "A 级", "B"),
    ],
)
def test_what_a_follow_up_names_takes_the_place_of_what_was_named_before(
    before: str, question: str, said: str, unsaid: str
) -> None:
    search_query = follow(question, turns(before), ASKED)
    assert said in search_query.text
    assert unsaid not in search_query.text


def test_a_follow_up_of_a_follow_up_goes_back_to_what_stands_alone() -> None:
    search_query = follow(
        "那 2024 年呢？", turns("食堂几点开门？", "生产部 2026 年的差旅费预算是多少？", "销售部呢？"), ASKED
    )
    assert "食堂" not in search_query.text
    for word in ("差旅费", "销售部", "2024"):
        assert word in search_query.text
    weights = dict(zip(search_query.terms.indices, search_query.terms.values, strict=True))
    order = [weights[worded(word).indices[0]] for word in ("生产部", "销售部", "2024")]
    assert order == sorted(order)
    assert len(set(order)) == 3


def test_a_person_is_looked_for_in_the_last_answer() -> None:
    history = (Turn(question="Who approves business class?", answer="Shen Yue, the chief financial officer [1]."),)
    search_query = follow("What is her extension?", history, ASKED)
    assert "Shen Yue" in search_query.text
    assert "[1]" not in search_query.text


async def test_last_year_finds_last_years_document(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        for year, text in zip((2024, 2025, 2026), BUDGETS, strict=True):
            await put(context, batch(f"budget-{year}", [text]))
        asked = "What is the travel budget of the sales department in 2026?"
        assert (await ask(context, asked))[0].text == BUDGETS[2]
        found = await ask(context, "And for last year?", history=turns(asked), asked_at=ASKED)
        assert found[0].text == BUDGETS[1]


@pytest.mark.parametrize(
    "question", ["那月球呢？", "那法国的首都呢？", "What about football?", "And the capital of France?"]
)
async def test_a_follow_up_about_something_else_gets_no_passages(tmp_path: Path, question: str) -> None:
    rules = "普通员工到北京出差，住宿标准为每晚 650 元。", "The limit for a hotel in Europe is 180 US dollars a night."
    before = turns(
        "普通员工到北京出差，住宿标准是多少？" if question[0] == "那" else "What is the hotel limit in Europe?"
    )
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", rules))
        assert await ask(context, question, least=ANSWER, history=before, asked_at=ASKED) == ()
        for near in ("那总监到北京呢？", "那职工呢？") if question[0] == "那" else ("And the limit for lunch?",):
            assert await ask(context, near, least=ANSWER, history=before, asked_at=ASKED)


def test_what_a_follow_up_names_itself_is_told_from_what_it_points_at() -> None:
    before = turns("What is the hotel limit in Europe?")
    named = {
        text: follow(text, before, ASKED).named
        for text in ("And for lunch?", "How much of it?", "那月球呢？", "为什么？")
    }
    assert named == {"And for lunch?": "for lunch", "How much of it?": "", "那月球呢？": "那月球", "为什么？": ""}
