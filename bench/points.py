"""Points for measuring an index: vectors in clusters, terms as rare as words are, and readers."""

import random
from typing import Any, NamedTuple

import numpy as np

from services.retrieval.index.protocol import Point
from services.retrieval.indexing.sql import point_id
from services.retrieval.text.bm25 import Sparse

CHUNKS, SIZE, WORKSPACES, CLUSTERS, QUERIES = 50_000, 384, 20, 400, 400


class Corpus(NamedTuple):
    """Points in clusters, as embedded text is, with terms as rare as words are."""

    vectors: Any
    points: list[Point]
    queries: list[tuple[list[float], Sparse]]


def corpus(chunks: int = CHUNKS, size: int = SIZE) -> Corpus:
    """The same each time."""
    rng, dice = np.random.default_rng(7), random.Random(7)
    centres = rng.normal(size=(CLUSTERS, size))
    vectors = _unit(centres[rng.integers(CLUSTERS, size=chunks)] + 0.9 * rng.normal(size=(chunks, size)))
    shares = 1 / (np.arange(60_000) + 30.0)  # the commonest stands in a third of all, as without stop words
    words = rng.choice(60_000, size=(chunks, 90), p=shares / shares.sum())
    points = [_point(n, vectors[n], words[n], dice) for n in range(chunks)]
    asked = _unit(vectors[rng.integers(chunks, size=QUERIES)] + 0.04 * rng.normal(size=(QUERIES, size)))
    terms = [words[dice.randrange(chunks)][dice.sample(range(90), 8)] for _ in range(QUERIES)]
    queries = [(list(map(float, row)), _sparse(said, 1.0)) for row, said in zip(asked, terms, strict=True)]
    return Corpus(vectors, points, queries)


def _unit(rows: Any) -> Any:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def _sparse(words: Any, weight: float) -> Sparse:
    found = {int(word): weight for word in words}
    return Sparse(list(found), list(found.values()))


def _point(n: int, vector: Any, words: Any, dice: random.Random) -> Point:
    deny = ("person:bob",) if dice.random() < 0.1 else ()
    allow = ("group:finance",) if dice.random() < 0.2 else ()
    place = f"w{dice.randrange(WORKSPACES)}", f"d{n // 20}", 1
    return Point(point_id(f"d{n // 20}", 1, n), vector.tolist(), _sparse(words, 0.7), *place, allow, deny)
