"""Computes recall, MRR and nDCG by leg and language, and the difference from an earlier run."""

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from client.evaluation.ranking import LEGS, RankedQuestion
from client.sdk.errors import Refused

CUTS = (1, 5, 10)
NAMES = (*(f"recall@{k}" for k in CUTS), "mrr", "ndcg@10")
CURVE = 20


def metrics_of(ranks: Sequence[int | None]) -> dict[str, float]:
    """The metrics of one leg. Each question has one relevant passage, so nDCG is 1 / log2(1 + rank)."""
    n = len(ranks) or 1
    found = [rank for rank in ranks if rank]
    result = {f"recall@{k}": sum(rank <= k for rank in found) / n for k in CUTS}
    result["mrr"] = sum(1 / rank for rank in found) / n
    result["ndcg@10"] = sum(1 / math.log2(1 + rank) for rank in found if rank <= 10) / n
    return {name: round(value, 4) for name, value in result.items()}


def curve(ranks: Sequence[int | None]) -> list[float]:
    """Recall at 1, 2, … 20."""
    n = len(ranks) or 1
    return [sum(bool(rank) and rank <= k for rank in ranks if rank) / n for k in range(1, CURVE + 1)]


def result(workspace: str, rows: Sequence[RankedQuestion], near: int) -> dict[str, Any]:
    """The result of a run, as `--json` prints it and `--against` reads it."""
    unknown = sorted({row.document for row in rows if not row.known})
    return {
        "workspace": workspace,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "near": near,
        "questions": len(rows),
        "without_hit": sum(row.ranks["fused"] is None for row in rows),
        "unknown_documents": unknown,
        "languages": {name: sum(row.language == name for row in rows) for name in languages(rows)},
        "legs": {leg: _by_language(rows, leg) for leg in LEGS},
        "rows": [row.row() for row in rows],
    }


def languages(rows: Iterable[RankedQuestion]) -> list[str]:
    """The languages of the questions."""
    return sorted({row.language for row in rows})


def _by_language(rows: Sequence[RankedQuestion], leg: str) -> dict[str, dict[str, float]]:
    parts = {"all": rows} | {name: [row for row in rows if row.language == name] for name in languages(rows)}
    return {name: metrics_of([row.ranks[leg] for row in part]) for name, part in parts.items()}


def difference(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The difference from an earlier result: the fused metrics, and the questions whose rank changed."""
    try:
        old = before["legs"]["fused"]["all"]
        earlier = {(row["question"], row["document"], row["page"]): row["ranks"]["fused"] for row in before["rows"]}
    except (KeyError, TypeError) as error:
        words = "The earlier result is not from `cloister evaluate --json`. Give the file that it printed."
        raise Refused("invalid", words) from error
    new = now["legs"]["fused"]["all"]
    changes = []
    for row in now["rows"]:
        place = (row["question"], row["document"], row["page"])
        if place in earlier and earlier[place] != row["ranks"]["fused"]:
            changes.append({"question": row["question"], "before": earlier[place], "now": row["ranks"]["fused"]})
    changes.sort(key=lambda change: _worth(change["now"]) - _worth(change["before"]))
    return {
        "at": before.get("at"),
        "fused": {name: round(new[name] - old[name], 4) for name in NAMES if name in old},
        "changed": changes,
    }


def _worth(rank: int | None) -> float:
    return 1 / rank if rank else 0.0


def parse_thresholds(least: Sequence[str]) -> dict[str, float]:
    """Thresholds such as `recall@5=.8` by metric; `Refused` if one is invalid."""
    wanted = {}
    for text in least:
        name, _, value = text.lower().replace(" ", "").partition("=")
        try:
            wanted[NAMES[NAMES.index(name)]] = float(value)
        except ValueError as error:
            words = f"--least cannot be {text!r}. Write one of {', '.join(NAMES)} with a number, such as recall@5=.8."
            raise Refused("invalid", words) from error
    return wanted


def below_thresholds(found: dict[str, Any], wanted: dict[str, float]) -> list[str]:
    """Messages for the fused metrics below their thresholds."""
    fused = found["legs"]["fused"]["all"]
    return [
        f"{name} is {fused[name]:.3f}, less than {least:g}" for name, least in wanted.items() if fused[name] < least
    ]
