"""Business data: how often a question is routed right, the right named query chosen, and what the step costs."""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.tables import table
from services.connectors.declarations.loading import load
from services.connectors.declarations.sources import Declarations
from services.connectors.guard import guarded
from services.connectors.named.binding import Unbound, bind
from services.connectors.named.selection import Selection
from services.connectors.named.values import Known
from services.connectors.rights.visibility import view_of
from services.connectors.routing.router import Decision, decide
from services.retrieval.embedding.factory import Embedder, open_embedder
from services.retrieval.settings import own
from shared.events import Principal
from shared.security.capability import Right

ERP = Path(__file__).parent.parent / "examples" / "erp"
COMPANY = Path(__file__).parent.parent / "examples" / "company"
BLIND = Path(__file__).parent / "blind" / "routing.jsonl"
NOW = datetime(2026, 11, 27, 9)
ROUTES = ("data", "documents", "both")


class Asked:
    """Embeds each text once: the model's time is not the step's, and its threads disturb what is timed after it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, list[float]] = {}

    async def embed(self, texts: Sequence[str]) -> tuple[str, list[list[float]]]:
        fresh = [text for text in texts if text not in self._known]
        vectors = await self._embedder.questions(fresh) if fresh else []
        self._known |= {text: list(map(float, vector)) for text, vector in zip(fresh, vectors, strict=True)}
        return self._embedder.name, [self._known[text] for text in texts]


async def measure() -> None:
    """Both tables."""
    declared = load(ERP / "connectors.toml")
    asked = Asked(open_embedder(own()))
    questions = _lines(ERP / "routing.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        selection = Selection(declared, asked.embed, Path(folder) / "meaning.json")
        await selection.prepare()
        decisions = [decide(one["question"], await selection.ranked(one["question"])) for one in questions]
        blind = _lines(BLIND)
        guessed = [decide(one["question"], await selection.ranked(one["question"])) for one in blind]
        papers = [decide(one["question"], await selection.ranked(one["question"])) for one in
                  _lines(COMPANY / "questions.jsonl")]  # fmt: skip
        costs = [await _cost(declared, selection, one["question"]) for one in questions]
    _print_routes("Routed right", questions, decisions)
    _print_routes("Routed right, of questions written without the router's code", blind, guessed)
    _print(questions, decisions, papers, costs)


async def _cost(declared: Declarations, selection: Selection, question: str) -> float:
    """CPU in ms of everything but database and model: meaning, rights, parameters and guard."""
    began = time.process_time()
    await _prepared(declared, decide(question, await selection.ranked(question)), question)
    return (time.process_time() - began) * 1000


async def _prepared(declared: Declarations, decision: Decision, question: str) -> None:
    """What the step does besides the database and the model: rights, parameters and the guard."""
    view = view_of(declared.sources["erp"], "sqlite", _alice())
    for name in decision.queries[:1]:
        query = declared.queries[name]
        with suppress(Unbound):
            bound = await bind(query, question, NOW, _look)
            guarded(query.sql, view, 200, bound).sql("sqlite")


async def _look(_: Any) -> list[Known]:
    return [Known("QM-080", "qm080"), Known("QM-125", "qm125"), Known("QM-200", "qm200")]


def _alice() -> Right:
    return Right(
        principal=Principal(id="person:alice", name="alice"), workspaces=("finance",), actions=("ask",), query="q",
        holders=("person:alice", "group:finance"), expires_at=datetime.now(UTC) + timedelta(minutes=1),
    )  # fmt: skip


def _print_routes(title: str, questions: list[Any], decisions: list[Decision]) -> None:
    right = [one["route"] == found.route for one, found in zip(questions, decisions, strict=True)]
    rows = []
    for route in ROUTES:
        given: list[str] = [
            found.route for one, found in zip(questions, decisions, strict=True) if one["route"] == route
        ]
        rows.append([route, str(len(given)), *(str(given.count(other)) for other in ROUTES)])
    table(f"{title}: {sum(right) / len(right):.3f} of {len(right)} (goal .85)", ["route", "n", *ROUTES], rows)


def _print(questions: list[Any], decisions: list[Decision], papers: list[Decision], costs: list[float]) -> None:
    named = [
        (one["query"], found.queries[:1]) for one, found in zip(questions, decisions, strict=True) if "query" in one
    ]
    first = sum((name,) == found for name, found in named) / len(named)
    kept = sum(found.route == "documents" for found in papers)
    ordered = sorted(costs)
    table("Named queries and cost", ["figure", "measured", "goal"], [
        ["named query chosen right, without a model", f"{first:.3f} of {len(named)}", ".9"],
        ["the sample company's document questions left to documents", f"{kept} of {len(papers)}", ""],
        ["CPU added beside database and model, ms (median, 95th)",
         f"{statistics.median(ordered):.1f}, {ordered[int(len(ordered) * 0.95)]:.1f}", "10"],
    ])  # fmt: skip


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()
