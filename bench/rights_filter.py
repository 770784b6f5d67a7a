"""What rights cost a search: the filter in the index and the check in SQL, beside the same search without them."""

import asyncio
import random
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from sqlalchemy import RowMapping, bindparam, select

from bench.tables import table
from services.retrieval.context import RetrievalContext
from services.retrieval.embedding.factory import open_embedder
from services.retrieval.handlers import index
from services.retrieval.index.protocol import Scope
from services.retrieval.indexing.sql import same_revision
from services.retrieval.settings import RetrievalSettings
from services.retrieval.tables import chunks, revisions
from shared.bus import Delivery
from shared.events import Chunk, DocumentChunked
from shared.settings import Settings
from shared.sql.database import Database

DOCUMENTS, CHUNKS, WORKSPACES = 100, 40, 5
QUESTIONS, ROUNDS = 30, 7
GOAL = 10  # percent of a query before its answer is written
WORDS = (
    "valve", "pump", "tank", "crane", "cable", "pressure", "limit", "hotel", "travel", "budget", "contract", "notice",
    "period", "invoice", "supplier",
)  # fmt: skip
MINE = (("person:p1", "group:g1", "group:g2", "role:member"),)
EMBEDDER = "tests.services.support.word_embedder:WordModel"
BARE = (
    select(chunks, revisions.c.title, revisions.c.workspace, revisions.c.effective)
    .select_from(chunks.join(revisions, same_revision()))
    .where(chunks.c.id.in_(bindparam("ids", expanding=True)))
)


class Kept(Delivery):
    """A delivery that nobody waits for."""

    async def in_progress(self) -> None:
        return


class Unheard:
    """A bus on which nobody hears what is told."""

    async def publish_ephemeral(self, _: Any) -> None:
        return


async def search_cost() -> tuple[float, float]:
    """Median CPU milliseconds of a search, without rights and with them."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        own = RetrievalSettings(embedder=EMBEDDER)
        context = RetrievalContext(Database("retrieval", settings), own, settings)
        await context.start()
        try:
            chance = random.Random(7)
            bus: Any = Unheard()
            for number in range(DOCUMENTS):
                await index(_document(number, chance), context, Kept("document.chunked.v1", {}, b""), bus)
            questions = [" ".join(chance.sample(WORDS, 4)) for _ in range(QUESTIONS)]
            await _cpu(context, questions)  # what is built once is built
            with_rights, without = [], []
            for _ in range(ROUNDS):  # by turns: a busy machine slows both
                with_rights.append(await _cpu(context, questions))
                without.append(await _open(context, questions))
        finally:
            await context.close()
    return median(without), median(with_rights)


def _document(number: int, chance: random.Random) -> DocumentChunked:
    """Every other one has a list of who may find it; all of them let the asker."""
    texts = (f"Part {n} of {number}: {' '.join(chance.choices(WORDS, k=60))}." for n in range(CHUNKS))
    lists = {"allow": ("group:g1", "group:g9"), "deny": ("person:p9",)} if number % 2 else {}
    about = {"workspace": f"w{number % WORKSPACES}", "title": f"{number}.txt", "pages": 1}
    parts = tuple(Chunk(n=n, text=text, page=1) for n, text in enumerate(texts))
    return DocumentChunked.model_validate(
        about | lists | {"document_id": f"d{number}", "revision": 1, "batch": 0, "batches": 1, "chunks": parts}
    )


async def _cpu(context: RetrievalContext, questions: Sequence[str]) -> float:
    search, scope = await context.search(), Scope([f"w{n}" for n in range(WORKSPACES)], MINE)
    understood = [await search.analyzed(question, "person:p1") for question in questions]
    began = time.process_time()
    for one in understood:
        assert len(await search.passages(one, scope, 6, 0.0)) == 6
    return 1000 * (time.process_time() - began) / len(questions)


async def _open(context: RetrievalContext, questions: Sequence[str]) -> float:
    """The same, where nobody asks whose the chunks are."""
    everything = patch("services.retrieval.index.protocol.visible", lambda engine, scope: engine.Filter())
    with everything, patch("services.retrieval.search.hybrid_search.readable", _all):
        return await _cpu(context, questions)


async def _all(database: Database, ids: Sequence[str], scope: Scope) -> Mapping[str, RowMapping]:
    async with database.reading() as connection:
        return {row["id"]: row for row in (await connection.execute(BARE, {"ids": ids})).mappings()}


async def embedding_cost() -> float:
    """Median CPU milliseconds of a question's embedding with the bundled model, which a query pays as well."""
    embedder, took = open_embedder(RetrievalSettings()), list[float]()
    for n in range(QUESTIONS):
        began = time.process_time()
        await embedder.questions([f"What is the limit for a hotel night in Europe in year {n}?"])
        took.append(1000 * (time.process_time() - began))
    return median(took)


def main() -> None:
    """Prints one table."""
    without, with_rights = asyncio.run(search_cost())
    embedding = asyncio.run(embedding_cost())
    search, query = (100 * (with_rights - without) / (without + more) for more in (0.0, embedding))
    told = "reached" if query <= GOAL else "not reached"
    rows = [
        ["search without rights", f"{without:.2f}", ""],
        ["search with filter and check", f"{with_rights:.2f}", f"{search:+.0f} % of the search"],
        ["the question's embedding", f"{embedding:.2f}", f"{query:+.0f} % of both (goal {GOAL} %: {told})"],
    ]
    table(f"Rights in a query over {DOCUMENTS * CHUNKS:,} chunks", ["what", "CPU ms", "rights cost"], rows)


if __name__ == "__main__":
    main()
