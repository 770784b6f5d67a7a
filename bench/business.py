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
NOW = datetime(2026, 11, 27, 9)
ROUTES = ("data", "documents", "both")


class Asked:
    """Embeds, and keeps the time apart: it is the model's, not the step's."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder, self.seconds = embedder, 0.0

    async def embed(self, texts: Sequence[str]) -> tuple[str, list[list[float]]]:
        began = time.perf_counter()
        vectors = await self._embedder.questions(list(texts))
        self.seconds += time.perf_counter() - began
        return self._embedder.name, [list(map(float, vector)) for vector in vectors]


async def measure() -> None:
    """Both tables."""
    declared = load(ERP / "connectors.toml")
    asked = Asked(open_embedder(own()))
    questions = _lines(ERP / "routing.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        selection = Selection(declared, asked.embed, Path(folder) / "meaning.json")
        await selection.prepare()
        decisions, costs = [], []
        for one in questions:
            began, asked.seconds = time.perf_counter(), 0.0
            decisions.append(decide(one["question"], await selection.ranked(one["question"])))
            await _prepared(declared, decisions[-1], one["question"])
            costs.append((time.perf_counter() - began - asked.seconds) * 1000)
        papers = [decide(one["question"], await selection.ranked(one["question"])) for one in
                  _lines(COMPANY / "questions.jsonl")]  # fmt: skip
    _print(questions, decisions, papers, costs)


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


def _print(questions: list[Any], decisions: list[Decision], papers: list[Decision], costs: list[float]) -> None:
    right = [one["route"] == found.route for one, found in zip(questions, decisions, strict=True)]
    rows = []
    for route in ROUTES:
        given = [found.route for one, found in zip(questions, decisions, strict=True) if one["route"] == route]
        rows.append([route, str(len(given)), *(str(given.count(other)) for other in ROUTES)])
    table(f"Routed right: {sum(right) / len(right):.3f} of {len(right)} (goal .85)", ["route", "n", *ROUTES], rows)
    named = [
        (one["query"], found.queries[:1]) for one, found in zip(questions, decisions, strict=True) if "query" in one
    ]
    first = sum((name,) == found for name, found in named) / len(named)
    kept = sum(found.route == "documents" for found in papers)
    ordered = sorted(costs)
    table("Named queries and cost", ["figure", "measured", "goal"], [
        ["named query chosen right, without a model", f"{first:.3f} of {len(named)}", ".9"],
        ["the sample company's document questions left to documents", f"{kept} of {len(papers)}", ""],
        ["added beside database and model, ms (median, 95th)",
         f"{statistics.median(ordered):.1f}, {ordered[int(len(ordered) * 0.95)]:.1f}", "10"],
    ])  # fmt: skip


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()
