"""A reranker for tests: it does what the test wants."""

import asyncio
from collections.abc import Sequence


class Opinion:
    """The longest text first; `mood` may be late, broken or short."""

    mood = "good"
    heard: list[str] = []  # noqa: RUF012 - one for all that are opened

    async def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        self.heard[:] = [question, *texts]
        if self.mood == "late":
            await asyncio.Event().wait()
        if self.mood == "broken":
            raise OSError("the model is gone")
        return [float(len(text)) for text in texts[1 if self.mood == "short" else 0 :]]
