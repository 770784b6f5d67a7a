"""Named queries of all sources, ready to be chosen: their examples are embedded once and kept on disk."""

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Literal

from services.connectors.declarations.sources import Declarations
from services.connectors.named.classifier import NONE, QueryClassifier, ScoredQuery
from services.connectors.named.negatives import QUESTIONS

log = logging.getLogger(__name__)
Kind = Literal["question", "passage"]
Embed = Callable[[Sequence[str]], Awaitable[tuple[str, list[list[float]]]]]  # texts to the model's name and vectors
BATCH = 8  # texts at once: other questions go between
CLAUSE = re.compile(r"[，,；;。？?！!]|(?:\band\b|\bbut\b|并且|以及|并)")
LEAST = 4  # characters of a clause


class Selection:
    """Chooses by meaning; prepares itself at the first question."""

    def __init__(self, declarations: Declarations, embed: Embed, cache: Path) -> None:
        self._texts = {
            name: (*query.examples, query.title.zh, query.title.en, query.description.zh, query.description.en)
            for name, query in declarations.queries.items()
        }
        negatives = [text for query in declarations.queries.values() for text in query.not_for]
        self._texts[NONE] = (*QUESTIONS, *negatives)
        self._embed, self._cache = embed, cache
        self._classifier: QueryClassifier | None = None
        self._model = ""
        self._preparing = asyncio.Lock()

    async def ranked(self, question: str) -> list[ScoredQuery]:
        """All queries and `NONE`, by the best score of the question or one of its clauses."""
        texts = [question, *clauses(question)]
        model, vectors = await self._embed(texts)
        meaning = await self._prepared(model)
        best: dict[str, float] = {}
        for vector in vectors:
            for name, score in meaning.ranked(vector):
                best[name] = max(best.get(name, -1.0), score)
        whole = dict(meaning.ranked(vectors[0]))
        best[NONE] = whole[NONE]
        return sorted((ScoredQuery(name, score) for name, score in best.items()), key=lambda one: -one.score)

    async def prepare(self) -> None:
        """Ready for the first question; nothing is done when it is already."""
        if self._classifier is None:
            model, _ = await self._embed(QUESTIONS[:1])
            await self._prepared(model)

    async def _prepared(self, model: str) -> QueryClassifier:
        async with self._preparing:
            if self._classifier is None or self._model != model:
                self._classifier, self._model = QueryClassifier(await self._vectors(model)), model
            return self._classifier

    async def _vectors(self, model: str) -> dict[str, list[list[float]]]:
        digest = hashlib.sha256(json.dumps([model, self._texts], ensure_ascii=False).encode()).hexdigest()
        if (kept := _kept(self._cache, digest)) is not None:
            return kept
        found = {name: await self._all(texts) for name, texts in self._texts.items()}
        temporary = self._cache.with_suffix(".new")
        temporary.write_text(json.dumps({"digest": digest, "vectors": found}))
        temporary.replace(self._cache)
        return found

    async def _all(self, texts: Sequence[str]) -> list[list[float]]:
        found: list[list[float]] = []
        for at in range(0, len(texts), BATCH):
            found += (await self._embed(texts[at : at + BATCH]))[1]
        return found


def clauses(question: str) -> list[str]:
    """The parts of a question that has several."""
    parts = [part.strip() for part in CLAUSE.split(question) if len(part.strip()) >= LEAST]
    return parts[:4] if len(parts) > 1 else []


def _kept(path: Path, digest: str) -> dict[str, list[list[float]]] | None:
    try:
        kept = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return dict(kept["vectors"]) if kept.get("digest") == digest else None
