"""A document's readers in PostgreSQL: what is seen, counted and found there is what the rule says."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from services.ingestion.documents.access import readable
from services.ingestion.documents.service import Documents
from services.ingestion.tables import documents
from services.retrieval.index.index_set import pieces_in
from services.retrieval.index.protocol import Scope
from services.retrieval.indexing.chunk_repository import ChunkRepository
from services.retrieval.indexing.pending import PendingVectors
from services.retrieval.indexing.sql import point_id
from services.retrieval.search import access_check
from shared.security.acl import allows
from shared.settings import Settings
from shared.sql.database import Database
from tests.servers.postgres import postgres
from tests.services.ingestion.running import Office, describe, right
from tests.services.ingestion.test_rights import ALICE, BOB, put, relist
from tests.services.retrieval.running import batch

__all__ = ["postgres"]
pytestmark = pytest.mark.postgres
ALLOW = [[], ["group:财务 部"], ["person:bob", "group:财务 部"]]
DENY = [[], ["person:bob"], ["group:财务 部", "app:crm"]]
NAMES = ["person:bob", "group:财务 部", "app:crm", "person:o'neil\\"]


async def fresh(owner: str, url: str) -> Database:
    database = Database(owner, Settings(database_url=url))
    async with database.engine.begin() as connection:
        await connection.execute(text(f"DROP SCHEMA IF EXISTS {owner} CASCADE"))
    await database.migrate()
    return database


@pytest.fixture
async def here(postgres: str, tmp_path: Path) -> AsyncIterator[Office]:
    office = Office(tmp_path)
    await office.database.close()
    office.database = office.outbox._database = await fresh("ingestion", postgres)
    office.documents = Documents(office.database, office.outbox)
    yield office
    await office.database.close()


async def test_lists_and_twins_are_kept_there_too(here: Office) -> None:
    document = (await put(here, allow=("group:finance",))).document_id
    assert (await here.documents.describe(describe(), BOB)).total == 0
    assert (await put(here, BOB)).document_id != document
    await relist(here, document, allow=(), deny=("group:finance",))
    titles = [state.title for state in (await here.documents.describe(describe(), BOB)).documents]
    assert titles == ["a.txt", "a.txt"]
    assert (await here.documents.describe(describe(), ALICE)).total == 1, "denied, also what she brought"


async def test_what_sql_lets_through_is_what_the_rule_says(here: Office) -> None:
    lists = {}
    for n, (allow, deny) in enumerate((allow, deny) for allow in ALLOW for deny in DENY):
        state = await put(here, data=f"{n}".encode(), title=f"{n}", allow=tuple(allow), deny=tuple(deny))
        lists[state.document_id] = (allow, deny)
    for holders in ([], ["person:bob"], ["group:财务 部"], NAMES, ["app:crm", "person:o'neil\\"]):
        for through in ([], ["app:crm"]):
            who = right("finance").model_copy(update={"holders": tuple(holders), "through": tuple(through)})
            async with here.database.reading() as connection:
                seen = set(await connection.scalars(select(documents.c.document_id).where(readable(who))))
            assert seen == {id for id, (allow, deny) in lists.items() if allows(allow, deny, who.parties)}


async def test_passages_are_rechecked_there_too(postgres: str) -> None:
    database = await fresh("retrieval", postgres)
    chunks, lists = ChunkRepository(database), [(allow, deny) for allow in ALLOW for deny in DENY]
    for n, (allow, deny) in enumerate(lists):
        one = batch(f"d{n}", ["travel rule"], allow=allow, deny=deny)
        await chunks.keep(one, await pieces_in(one))
    ids = {point_id(f"d{n}", 1, 0): n for n in range(len(lists))}

    for parties in ([["person:bob"]], [["group:财务 部"], ["app:crm"]], [NAMES], [[]]):
        rows = await access_check.readable(database, list(ids), Scope(("finance",), parties))
        assert {ids[id] for id in rows} == {n for n, each in enumerate(lists) if allows(*each, parties)}
    await database.close()


async def test_processes_share_the_queue_of_vectors_there(postgres: str) -> None:
    database = await fresh("retrieval", postgres)
    repository, queue = ChunkRepository(database), PendingVectors(database)
    for name, texts in (("table", [f"row {n}" for n in range(20)]), ("note", ["Closed."])):
        one = batch(name, texts)
        await repository.keep(one, await pieces_in(one))
        await repository.enqueue(one)
    assert [one.document_id for one in await queue.waiting(9)] == ["note", "table"]
    taken = [one for one in await asyncio.gather(*(queue.take(8) for _ in range(5))) if one]
    ids = [row["id"] for _, rows in taken for row in rows]
    assert len(ids) == len(set(ids))
    for waiting, rows in taken:
        await queue.placed(waiting, [row["id"] for row in rows])
    while found := await queue.take(8):
        await queue.placed(found[0], [row["id"] for row in found[1]])
        if not found[1]:
            await queue.finish(found[0])
    assert await repository.embedded() == 21
    assert await queue.waiting(9) == []
    await database.close()
