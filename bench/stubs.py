"""An engine and an embedder that cost nothing, so that what is measured is Cloister itself."""

import hashlib
from collections.abc import AsyncIterator, Sequence

from services.inference.engines.registry import GenerationRequest, OutputChunk
from services.inference.settings import InferenceSettings
from shared.events import Usage

ANSWER = ("The daily allowance ", "in Beijing ", "is 420 yuan [1].")


class InstantEngine:
    """Writes one fixed answer in three pieces."""

    async def write(self, order: GenerationRequest) -> AsyncIterator[OutputChunk]:
        for text in ANSWER:
            yield OutputChunk(text=text)
        yield OutputChunk(usage=Usage(prompt_tokens=100, completion_tokens=12), finish="stop")

    async def models(self) -> tuple[str, ...]:
        return ("instant",)

    async def count(self, texts: list[str]) -> list[int] | None:
        return [len(text) // 4 for text in texts]

    async def close(self) -> None:
        return


async def open_engine(settings: InferenceSettings) -> InstantEngine:
    return InstantEngine()


class HashEmbedder:
    """A vector of 64 numbers from the words of a text: near for texts that share words."""

    name, size, batch = "hash", 64, 64

    def passages(self, texts: Sequence[str]) -> list[list[float]]:
        return [self._vector(text) for text in texts]

    def questions(self, texts: Sequence[str]) -> list[list[float]]:
        return self.passages(texts)

    def _vector(self, text: str) -> list[float]:
        vector = [1e-6] * self.size
        for word in text.lower().split():
            vector[hashlib.blake2b(word.encode(), digest_size=1).digest()[0] % self.size] += 1.0
        length = sum(x * x for x in vector) ** 0.5
        return [x / length for x in vector]


def open_embedder() -> HashEmbedder:
    return HashEmbedder()
