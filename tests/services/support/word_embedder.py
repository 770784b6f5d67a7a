"""An embedder for tests: texts that share words, or a known translation, lie near each other."""

import hashlib
from collections.abc import Sequence

from services.retrieval.text import bm25

SIZE = 256


class WordModel:
    """Each term is a direction of its own."""

    name = "words"

    def questions(self, texts: Sequence[str]) -> list[list[float]]:
        return [self._vector(text) for text in texts]

    def passages(self, texts: Sequence[str]) -> list[list[float]]:
        return self.questions(texts)

    def _vector(self, text: str) -> list[float]:
        vector = [1e-6] * SIZE
        for term in bm25.terms(text):
            digest = hashlib.blake2b(term.encode(), digest_size=2).digest()
            vector[int.from_bytes(digest, "big") % SIZE] += 1.0
        length = sum(x * x for x in vector) ** 0.5
        return [x / length for x in vector]
