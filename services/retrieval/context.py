"""The service's context: tables from the start, index and embedder as soon as they answer."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import cached_property

from services.retrieval.embedding.token_count import counted
from services.retrieval.index.index_set import IndexSet
from services.retrieval.index.protocol import Scope
from services.retrieval.index.reindexing import opened
from services.retrieval.indexing.chunk_repository import ChunkRepository
from services.retrieval.indexing.pending import PendingVectors
from services.retrieval.indexing.vectors import VectorQueue
from services.retrieval.planning import dictionary
from services.retrieval.planning.planner import Planner
from services.retrieval.query.understanding import WAITING, QuestionAnalyzer
from services.retrieval.search.hybrid_search import HybridSearch
from services.retrieval.search.places import find_places
from services.retrieval.search.reranker_backends import open_reranking
from services.retrieval.settings import RetrievalSettings
from services.retrieval.under_way import SearchesUnderWay
from shared.errors import Unavailable
from shared.events import Embedded, Place
from shared.fairness import FairTurns
from shared.security.keyring import Keyring
from shared.security.rights import Rights
from shared.settings import Settings
from shared.sql.database import Database

log = logging.getLogger(__name__)
TEXTS = 4  # that are embedded for one person before another's turn


class RetrievalContext:
    """A model or an index that does not answer at the start is tried again with each message."""

    def __init__(self, database: Database, own: RetrievalSettings, settings: Settings) -> None:
        self.chunks = ChunkRepository(database)
        self.vectors = VectorQueue(PendingVectors(database), self.index_set)
        self._database, self._own, self._settings = database, own, settings
        self._stack, self._opening = AsyncExitStack(), asyncio.Lock()
        self._index_set: IndexSet | None = None
        self._words: asyncio.Task[None] | None = None
        self.planner = Planner(own.planner, own.planner_seconds)
        self._understanding, self._embedding = QuestionAnalyzer(), FairTurns(1, WAITING)
        self.under_way = SearchesUnderWay()
        self._reranking = open_reranking(own, own.models or settings.home / "models")

    @cached_property
    def rights(self) -> Rights:
        """What checks capabilities."""
        return Rights(Keyring(self._settings.keys_dir / "auth.pub"))

    async def start(self) -> None:
        """Tables migrated, library open if it can be; what is set wrongly raises `NotReady`."""
        await self._database.migrate()
        try:
            await self.index_set()
        except Unavailable as error:
            log.warning("retrieval waits for its library: %s", error.error)
        self._words = asyncio.create_task(asyncio.to_thread(dictionary.load))  # beside the first messages

    async def index_set(self) -> IndexSet:
        """The library, opened at most once."""
        async with self._opening:
            if self._index_set is None:
                index_set = opened(self._database, self._own, self._settings)
                self._index_set = await self._stack.enter_async_context(index_set)
            return self._index_set

    async def search(self) -> HybridSearch:
        """A search over what is live now, to its end."""
        now = (await self.index_set()).now
        return HybridSearch(now, self._database, self._own.retrieval_candidates, self._reranking, self._understanding)

    async def places(self, text: str, scope: Scope, limit: int) -> tuple[Place, ...]:
        """By words of titles and headings; neither model nor index is needed."""
        return await find_places(self._database, text, scope, limit)

    async def embedded(self, texts: Sequence[str], who: str, kind: str = "passage") -> Embedded:
        """Vectors as documents or questions get them; a few texts of each person in turn, so that all get a share."""
        embedder, vectors = (await self.index_set()).embedder, list[tuple[float, ...]]()
        for at in range(0, len(texts), TEXTS):
            some = texts[at : at + TEXTS]
            async with self._embedding.turn(who, sum(map(len, some))):
                vectors += map(tuple, await (embedder.questions if kind == "question" else embedder.passages)(some))
        return Embedded(model=embedder.name, vectors=tuple(vectors), tokens=await counted(embedder, texts))

    async def close(self) -> None:
        """Give everything back."""
        if self._words:
            await self._words
        await self._stack.aclose()
        await self._database.close()
