"""Which named query a question means: vectors of example questions, their centres, and a ridge over all classes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

NONE = ""  # the class of questions that no query answers
RIDGE = 1.0


class ScoredQuery(NamedTuple):
    """A query's name with its score; 0 is about where an unrelated question is, 1 an example of its own."""

    name: str
    score: float


class QueryClassifier:
    """`examples`: each class's vectors, unit length. The mean of all is taken out: what questions have in common."""

    def __init__(self, examples: Mapping[str, Sequence[Sequence[float]]]) -> None:
        self.names = list(examples)
        rows = np.array([row for rows in examples.values() for row in rows], dtype=np.float32)
        owners = np.repeat(np.arange(len(self.names)), [len(rows) for rows in examples.values()])
        self._mean = rows.mean(axis=0)
        self._rows = _unit(rows - self._mean)
        wanted = np.eye(len(self.names), dtype=np.float32)[owners]
        self._base = wanted.mean(axis=0)
        kernel = self._rows @ self._rows.T + RIDGE * np.eye(len(rows), dtype=np.float32)
        self._weights = np.linalg.solve(kernel, wanted - self._base)
        self._centres = _unit(np.array([self._rows[owners == n].mean(axis=0) for n in range(len(self.names))]))

    def ranked(self, vector: Sequence[float]) -> list[ScoredQuery]:
        """All classes, the likeliest first."""
        row = _unit(np.array([vector], dtype=np.float32) - self._mean)
        ridge = (row @ self._rows.T @ self._weights + self._base)[0]
        near = (row @ self._centres.T)[0]
        scores = (ridge + near) / 2
        return [ScoredQuery(self.names[n], float(scores[n])) for n in np.argsort(-scores)]


def _unit(rows: Any) -> Any:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
