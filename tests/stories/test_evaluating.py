"""Questions whose document is known: figures, a page to look at, and an exit code to decide by."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from client.cli.main import app
from client.evaluation.dataset import Question, language, read
from client.evaluation.metrics import difference, metrics_of
from client.evaluation.ranking import Evaluator
from client.evaluation.report import page
from client.sdk.errors import Refused
from client.sdk.models import FoundPassage
from tests.support.company import Company

FEES = "# Chess club\n\nThe annual membership fee of the chess club is 120 yuan.\n"
BREAD = "# 面包房\n\n面包房每天早上六点开门，周日休息。\n"
ASKED = [
    {"question": "What is the membership fee of the chess club?", "document": "fees.md", "page": 1},
    {"question": "面包房几点开门？", "document": "面包房.md"},
    {"question": "What is the membership fee?", "document": "gone.md"},
]


@pytest.fixture(scope="module")
def club(cloister: Company) -> str:
    name = cloister.workspace("measured")
    cloister.paper(name, "fees.md", FEES)
    cloister.paper(name, "面包房.md", BREAD)
    return name


def evaluate(cloister: Company, folder: Path, club: str, asked: list[Any], *words: str) -> Result:
    path = folder / "questions.jsonl"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked))
    there = ["--url", cloister.system.base, "--token", cloister.system.token, "--page", str(folder / "page.html")]
    return CliRunner().invoke(app, ["evaluate", str(path), "-w", club, *there, *words])


def test_figures_are_told_by_leg_and_by_language(cloister: Company, club: str, tmp_path: Path) -> None:
    printed = evaluate(cloister, tmp_path, club, ASKED, "--json")
    assert printed.exit_code == 0, printed.output
    found = json.loads(printed.stdout)
    assert (found["questions"], found["without_hit"], found["unknown_documents"]) == (3, 1, ["gone.md"])
    assert set(found["legs"]) == {"fused", "dense", "bm25"}
    assert found["legs"]["fused"]["zh"]["recall@1"] == 1
    assert found["legs"]["bm25"]["all"]["mrr"] == pytest.approx(2 / 3, abs=1e-3)
    assert found["rows"][2]["first"]["title"] == "fees.md"


def test_a_table_and_a_page_are_for_people(cloister: Company, club: str, tmp_path: Path) -> None:
    printed = evaluate(cloister, tmp_path, club, ASKED)
    assert "3 questions, 1 without a hit" in printed.stdout
    assert "gone.md" in printed.stdout
    drawn = (tmp_path / "page.html").read_text()
    assert drawn.count("<svg") == 3
    assert "面包房几点开门" in drawn


def test_a_wish_that_is_not_met_fails(cloister: Company, club: str, tmp_path: Path) -> None:
    assert evaluate(cloister, tmp_path, club, ASKED, "--least", "recall@5=.6").exit_code == 0
    printed = evaluate(cloister, tmp_path, club, ASKED, "--least", "recall@5=.8")
    assert (printed.exit_code, "recall@5 is 0.667" in printed.stderr) == (1, True)


def test_badly_answered_questions_become_lines_to_look_at(cloister: Company, club: str, tmp_path: Path) -> None:
    reader = cloister.person("reader", club)
    for question, useful in (("What is the membership fee of the chess club?", False), ("面包房几点开门？", True)):
        reader.rate(reader.ask(question, workspace=club).query_id, useful, "no, it is 130")
    assert reader.feedback() == []
    there = ["--url", cloister.system.base, "--token", cloister.system.token]
    printed = CliRunner().invoke(app, ["evaluate", "export", "--bad", "-w", club, *there])
    [line] = [json.loads(text) for text in printed.stdout.splitlines()]
    assert (line["document"], line["page"], line["check"], line["comment"]) == ("fees.md", 1, True, "no, it is 130")
    assert "person" not in printed.stdout
    (tmp_path / "bad.jsonl").write_text(printed.stdout)
    with pytest.raises(Refused, match="unchecked suggestion"):
        read(tmp_path / "bad.jsonl")


def test_opinions_are_told_to_those_who_manage_the_workspace(cloister: Company, club: str) -> None:
    reader, manager = cloister.person("reader", club), cloister.person("manager", club)
    cloister.grant(club, f"person:{manager.me()['name']}", "manage")
    reader.rate(reader.ask("What is the membership fee?", workspace=club).query_id, False)
    assert "What is the membership fee?" in [row["question"] for row in manager.feedback(club, useful=False)]
    with pytest.raises(Refused) as refused:
        reader.feedback(club)
    assert refused.value.reason == "not_granted"
    assert manager.feedback(club, since="2999-01-01") == []


def test_a_wrong_wish_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text(json.dumps(ASKED[0]))
    there = ["--url", "http://127.0.0.1:1", "--token", "t"]
    printed = CliRunner().invoke(
        app, ["evaluate", str(tmp_path / "q.jsonl"), "-w", "x", "--least", "precision=1", *there]
    )
    assert (printed.exit_code, "recall@5" in printed.stderr) == (1, True)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{", "is not JSON"),
        ('["question"]', "Write an object"),
        ('{"document": "a.md"}', "'question'"),
        ('{"question": "?", "document": "a.md", "page": 0}', "'page' cannot be '0'"),
        ('{"question": "?", "document": "a.md", "page": "3"}', "'page' cannot be '3'"),
        ('{"question": "?", "document": "a.md", "check": true}', "unchecked suggestion"),
    ],
)
def test_a_wrong_line_is_named_with_its_field_and_remedy(line: str, named: str, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps(ASKED[0]) + "\n\n" + line + "\n")
    with pytest.raises(Refused) as refused:
        read(path)
    assert "questions.jsonl, line 3" in refused.value.error
    assert named in refused.value.error


def test_figures_are_those_of_the_first_hit() -> None:
    told = metrics_of([1, None, 3, 11])
    assert (told["recall@1"], told["recall@5"], told["recall@10"]) == (0.25, 0.5, 0.5)
    assert told["mrr"] == pytest.approx((1 + 1 / 3 + 1 / 11) / 4, abs=1e-4)
    assert told["ndcg@10"] == pytest.approx((1 + 1 / math.log2(4)) / 4, abs=1e-4)


@pytest.mark.parametrize(("page", "near", "rank"), [(3, 0, 2), (4, 1, 2), (5, 0, None), (None, 0, 1)])
def test_the_page_decides_what_is_a_hit(page: int | None, near: int, rank: int | None) -> None:
    passages = [
        FoundPassage(document_id="d", revision=1, title="folder/a.md", page=n, text="t", score=1) for n in (1, 3)
    ]
    ranking = Evaluator(lambda question, leg, limit: passages, ["folder/a.md"], near)
    assert ranking.one(Question(1, "?", "a.md", page, "en")).ranks["fused"] == rank


@pytest.mark.parametrize(
    ("text", "wanted"), [("差旅费多少？", "zh"), ("QM-200 的价格", "zh"), ("the 一 key of it", "en"), ("42?", "en")]
)
def test_the_language_is_guessed(text: str, wanted: str) -> None:
    assert language(text) == wanted


def result(rank: int | None, title: str = "a.md") -> dict[str, Any]:
    ranks = {"fused": rank, "dense": None, "bm25": rank}
    row = {"line": 1, "question": "<b>?</b>", "document": title, "page": 2, "language": "en", "known": True}
    legs = {leg: {name: metrics_of([of]) for name in ("all", "en")} for leg, of in ranks.items()}
    first = {"title": title, "page": 1, "text": "</script><img src=x onerror=alert(1)>"}
    return {
        "workspace": title, "at": "2026-01-01", "near": 0, "questions": 1, "without_hit": int(rank is None),
        "unknown_documents": [title], "languages": {"en": 1}, "legs": legs,
        "rows": [row | {"ranks": ranks, "first": first}],
    }  # fmt: skip


def test_an_earlier_run_is_compared() -> None:
    told = difference(result(4), result(1))
    assert told["fused"]["mrr"] == -0.75
    assert told["changed"] == [{"question": "<b>?</b>", "before": 1, "now": 4}]
    with pytest.raises(Refused):
        difference(result(1), {"rows": 1})


def test_hostile_titles_and_texts_are_shown_as_they_are() -> None:
    hostile = "<script>alert(1)</script>$body"
    found = result(None, hostile) | {"against": difference(result(None, hostile), result(1, hostile))}
    drawn = page(found)
    assert "<script>alert" not in drawn
    assert "<img" not in drawn
    assert "&lt;script&gt;alert(1)&lt;/script&gt;$body" in drawn


def test_the_page_loads_nothing_from_outside() -> None:
    drawn = page(result(1))
    assert re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!#)""", drawn) == []
    assert "default-src 'none'" in drawn
