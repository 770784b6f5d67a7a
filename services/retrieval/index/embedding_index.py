"""An embedding model with its index and score scale, as one search uses them."""

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.retrieval.embedding.factory import Embedder, Vectors, chosen, open_embedder
from services.retrieval.index.index_repository import IndexRow
from services.retrieval.index.protocol import Index, Point
from services.retrieval.search.answerability import CosineScale
from services.retrieval.settings import RetrievalSettings
from services.retrieval.text.bm25 import Sparse
from shared.errors import NotReady, Unavailable
from shared.settings import Settings
from shared.telemetry.stages import stage

log = logging.getLogger(__name__)


class ChunkToIndex:
    """A chunk on its way into indexes: `about` is the payload, in the order of `Point`."""

    def __init__(self, id: str, text: str, terms: Sparse, about: Sequence[Any]) -> None:
        self.id, self.text, self.terms, self.about = id, text, terms, about


@dataclass(frozen=True)
class EmbeddingIndex:
    """The index belongs to one model and one form of text; `size` is the vectors' length."""

    name: str
    size: int
    embedder: Embedder
    index: Index
    scale: CosineScale

    async def words(self, pieces: Sequence[ChunkToIndex]) -> None:
        """Kept when it returns, to be found by their words alone."""
        with stage("retrieval", "index"):
            await self.index.upsert([Point(piece.id, (), piece.terms, *piece.about) for piece in pieces])

    async def place(self, pieces: Sequence[ChunkToIndex]) -> None:
        """Kept with their vectors when it returns."""
        about = {"gen_ai__operation__name": "embeddings", "gen_ai__request__model": self.embedder.name}
        with stage("retrieval", "embed", **about):
            vectors = await self.embedder.passages([piece.text for piece in pieces])
        with stage("retrieval", "index"):
            await self.index.upsert(
                [Point(piece.id, row, piece.terms, *piece.about) for piece, row in zip(pieces, vectors, strict=True)]
            )


class MissingModel:
    """Stands for a model that is not here any more: no vectors, and so only words find."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def questions(self, texts: Sequence[str]) -> Vectors:
        """None."""
        return [[] for _ in texts]

    passages = questions


async def open_current(own: RetrievalSettings, here: Settings, version: str) -> EmbeddingIndex:
    """The one that the settings name, with an index that is made if it is missing."""
    embedder = await asyncio.to_thread(open_embedder, own)
    size = len((await embedder.questions(["size"]))[0])
    name = f"{_slug(embedder.name)}-{size}{version}"
    return EmbeddingIndex(name, size, embedder, await open_index(own, here, name, size), await CosineScale.of(embedder))


async def open_older(known: IndexRow, coming: EmbeddingIndex, own: RetrievalSettings, here: Settings) -> EmbeddingIndex:
    """The one that is searched until the coming one is whole; by words alone when its model is gone."""
    index = await open_index(own, here, known.name, known.size)
    if known.embedder == chosen(own):
        return EmbeddingIndex(known.name, known.size, coming.embedder, index, coming.scale)
    try:
        embedder = await asyncio.to_thread(open_embedder, own.model_copy(update={"embedder": known.embedder}))
        if len((await embedder.questions(["size"]))[0]) == known.size:
            return EmbeddingIndex(known.name, known.size, embedder, index, await CosineScale.of(embedder))
        problem = "it gives vectors of another length now"
    except (NotReady, Unavailable) as error:
        problem = str(error)
    log.warning(
        "the model %s, of the index %s, is not to be had any more (%s): until the new index is whole, "
        "documents are found by their words alone",
        known.embedder,
        known.name,
        problem,
    )
    return EmbeddingIndex(known.name, known.size, MissingModel(known.embedder), index, CosineScale.none())


async def open_index(own: RetrievalSettings, here: Settings, name: str, size: int) -> Index:
    """In the engine that `CLOISTER_VECTORS` names."""
    if own.vectors == "embedded":
        from services.retrieval.index.qdrant_edge import EdgeIndex

        return await asyncio.to_thread(EdgeIndex, here.home / "index" / name, size)
    from services.retrieval.index.qdrant_server import ServerIndex

    return await ServerIndex.open(own.vectors, own.vectors_key, f"cloister-{name}", size)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
