"""The refinements of search, each as what is patched to switch it off, and other values of its weights."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from services.retrieval.index.protocol import Legs
from services.retrieval.query.synonyms import Expansion
from services.retrieval.search.found import RankedPassage
from services.retrieval.text import bm25

BM25, FUSION, HERE = "services.retrieval.text.bm25", "services.retrieval.search.fusion", "bench.measured"
EVIDENCE = "services.retrieval.search.answerability"
NOTHING = Expansion(frozenset(), frozenset(), frozenset())
Shares = Callable[[Legs, float, float], tuple[float, float]]
Patches = dict[str, Any]
OWN = "nothing"  # switched off


def fixed(meaning: float) -> Shares:
    """Shares of both legs that never change, where both found something."""

    def shares(found: Legs, reach: float, calibration: float) -> tuple[float, float]:
        both = bool(found.dense and found.lexical)
        return (meaning, 1 - meaning) if both else (float(bool(found.dense)), float(bool(found.lexical)))

    return shares


def by_rank(hits: Sequence[object], low: float) -> list[float]:
    """What a place is worth in reciprocal rank fusion."""
    return [61 / (61 + n) for n in range(len(hits))]


def voted(lists: Sequence[Sequence[RankedPassage]], limit: int, first: Sequence[RankedPassage] = ()) -> list[Any]:
    """Reciprocal rank fusion instead of taking turns."""
    worth: dict[str, float] = {}
    for found in lists:
        for n, one in enumerate(found):
            worth[one.id] = worth.get(one.id, 0.0) + 1 / (11 + n)
    known = {one.id: one for found in lists for one in found}
    return [known[id] for id in sorted(worth, key=lambda id: -worth[id])][:limit]


WITHOUT: dict[str, Patches] = {
    OWN: {},
    "names in titles": {f"{BM25}.TITLE": 0.0},
    "statements of a line": {f"{BM25}.STATEMENT": 0.0, f"{BM25}.LINE": 0.0, f"{BM25}.NAMES": 0.0},
    "synonyms and statements": {f"{BM25}.meant": lambda _: NOTHING, f"{EVIDENCE}.meant": lambda _: NOTHING},
    "fillers": {f"{BM25}.FILLER": 1.0},
    "stop phrases": {f"{BM25}.bare": str, f"{HERE}.bare": str},
    "fillers and stop phrases": {f"{BM25}.FILLER": 1.0, f"{BM25}.bare": str, f"{HERE}.bare": str},
    "shares by what words reach": {f"{FUSION}.ENOUGH": 1e-9},
    "scores (ranks instead)": {f"{FUSION}._shares": fixed(0.5), f"{FUSION}._scaled": by_rank},
    "words": {f"{FUSION}._shares": fixed(1.0)},
    "vectors": {f"{FUSION}._shares": fixed(0.0)},
    "lines of computed figures": {f"{HERE}.computed": lambda _: ()},
    "documents that the question names": {f"{HERE}.hints": lambda _: ()},
    "the dictionary": {f"{HERE}.in_other_words": lambda *_: None},
    "turns (ranks instead)": {f"{HERE}.interleaved": voted},
}
CHOICES: dict[str, dict[str, Patches]] = {
    "vectors' share": {f"{share}": {f"{FUSION}.MEANING": share} for share in (0.2, 0.35, 0.5, 0.65)},
    "titles": {f"{weight}": {f"{BM25}.TITLE": weight} for weight in (0.5, 1.0, 2.0, 4.0)},
    "statements": {f"{weight}": {f"{BM25}.STATEMENT": weight} for weight in (0.0, 0.3, 0.6, 1.2)},
    "synonyms": {f"{weight}": {f"{BM25}.ALSO": weight} for weight in (0.0, 0.25, 0.5, 1.0)},
    "fillers": {f"{weight}": {f"{BM25}.FILLER": weight} for weight in (0.05, 0.1, 0.3, 1.0)},
}


@contextmanager
def switched(patches: Patches) -> Iterator[None]:
    """The search with these values instead of its own."""
    with ExitStack() as stack:
        for target, value in patches.items():
            stack.enter_context(patch(target, value))
        _forget()
        yield
    _forget()


def _forget() -> None:
    bm25.question.cache_clear()
    bm25.asked.cache_clear()
