"""Who may see, read and change a document: its lists, its managers, and what nobody may learn."""

from pathlib import Path
from typing import Any

import pytest

from services.ingestion.documents import deletion
from services.ingestion.documents.queries import check_access, may_read
from services.ingestion.documents.revisions import RevisionHistory
from shared.errors import Refused
from shared.events import (
    Amend,
    ChangeAccess,
    CheckAccess,
    DeleteDocument,
    DescribeRevisions,
    DocumentState,
    MayRead,
    Principal,
)
from shared.security.capability import Right
from tests.services.ingestion.running import Office, describe, office, received, right

ASKED = {"capability": "", "query": "q"}


def of(name: str, *more: str, managed: tuple[str, ...] = (), roles: tuple[str, ...] = ()) -> Right:
    who = Principal(id=f"person:{name}", name=name, roles=roles)
    return right("finance").model_copy(
        update={"principal": who, "holders": (who.id, *more), "managed": managed}
    )  # fmt: skip


ALICE, BOB = of("alice", "group:finance"), of("bob", "group:sales")
BOSS = of("boss", managed=("finance",))


async def put(
    here: Office, by: Right = ALICE, data: bytes = b"one", title: str = "a.txt", **more: Any
) -> DocumentState:
    return await here.documents.receive(received(data, title, **more), by)


async def relist(here: Office, document: str, by: Right = BOSS, **lists: Any) -> DocumentState:
    return await here.documents.change_access(
        ChangeAccess.model_validate(ASKED | {"document_id": document} | lists), by
    )


async def told(here: Office, document: str, by: Right) -> list[tuple[str, int]]:
    """How each way to a document refuses."""
    wanted = {"document_id": document}
    ways = (
        here.documents.describe(describe(**wanted), by),
        here.documents.amend(Amend.model_validate(ASKED | wanted | {"title": "x"}), by),
        here.documents.discard(DeleteDocument.model_validate(ASKED | wanted), by),
        RevisionHistory(here.database).describe(DescribeRevisions.model_validate(ASKED | wanted), by),
        check_access(here.database, CheckAccess.model_validate(ASKED | wanted), by),
        relist(here, document, by, deny=()),
    )
    refusals = []
    for way in ways:
        with pytest.raises(Refused) as refused:
            await way
        refusals.append((refused.value.error, refused.value.status))
    return refusals


async def test_whom_its_lists_keep_out_sees_what_they_would_see_of_no_document(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        document = (await put(here)).document_id
        await relist(here, document, deny=["group:sales"])
        assert await told(here, document, BOB) == await told(here, "f" * 32, BOB)
        listed = await here.documents.describe(describe(), BOB)
        assert (listed.documents, listed.total) == ((), 0)
        assert (await here.documents.describe(describe(), ALICE)).total == 1


async def test_a_manager_sees_what_keeps_them_out_but_not_where_its_bytes_lie(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        document = (await put(here)).document_id
        state = await relist(here, document, allow=["group:finance"], deny=["person:boss"])
        assert (state.allow, state.deny, state.object) == (("group:finance",), ("person:boss",), "")
        [seen] = (await here.documents.describe(describe(document_id=document), BOSS)).documents
        assert (seen.allow, seen.object) == (("group:finance",), "")
        history = DescribeRevisions.model_validate(ASKED | {"document_id": document})
        assert {one.object for one in (await RevisionHistory(here.database).describe(history, BOSS)).revisions} == {""}
        assert (await relist(here, document, deny=())).deny == ()


async def test_readers_are_not_told_who_else_may_read(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        document = (await put(here, allow=("group:finance", "group:sales"))).document_id
        [bob] = (await here.documents.describe(describe(document_id=document), BOB)).documents
        assert (bob.allow, bob.deny, bool(bob.object)) == (None, None, True)
        [alice] = (await here.documents.describe(describe(document_id=document), ALICE)).documents
        assert alice.allow == ("group:finance", "group:sales"), "who brought it set the lists"


async def test_who_brings_a_document_for_others_can_follow_it_but_not_read_it(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        scanner = of("scanner")
        state = await put(here, scanner, allow=("group:finance",))
        [seen] = (await here.documents.describe(describe(document_id=state.document_id), scanner)).documents
        assert (seen.status, seen.object) == ("received", "")
        assert (await put(here, scanner, b"two")).revision == 2
        await relist(here, state.document_id, deny=["person:scanner"])
        assert (await here.documents.describe(describe(), scanner)).total == 0


async def test_an_old_answer_may_be_read_while_what_it_cites_is_open(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        first, second = await put(here), await put(here, data=b"two", title="b.txt")
        ids = (first.document_id, second.document_id, "f" * 32)
        asked = MayRead.model_validate(ASKED | {"document_ids": ids})

        async def open_to(who: Right) -> set[str]:
            return set((await may_read(here.database, asked, who)).document_ids)

        assert await open_to(BOB) == set(ids[:2])
        await relist(here, first.document_id, deny=["person:bob", "person:boss"])
        assert (await open_to(BOB), await open_to(BOSS), await open_to(ALICE)) == ({ids[1]}, {ids[1]}, set(ids[:2]))
        withdraw = Amend.model_validate(ASKED | {"document_id": ids[1], "withdrawn": True})
        await here.documents.amend(withdraw, ALICE)
        assert await open_to(BOB) == set()
        assert await open_to(ALICE.model_copy(update={"workspaces": ("legal",)})) == set()


async def test_lists_are_weighed_for_oneself_and_for_others_by_managers_and_auditors(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        document = (await put(here, allow=("group:finance", "person:bob"))).document_id
        wanted = CheckAccess.model_validate(ASKED | {"document_id": document})
        own = await check_access(here.database, wanted, BOB)
        assert (own.allowed, own.denied, own.limited, own.may_read) == (("person:bob",), (), True, True)
        others = wanted.model_copy(update={"holders": ("person:zoe", "group:it")})
        for watcher in (BOSS, of("eve", roles=("auditor",))):
            zoe = await check_access(here.database, others, watcher)
            assert (zoe.allowed, zoe.may_read) == ((), False)
        with pytest.raises(Refused, match="manage"):
            await check_access(here.database, others, BOB)


async def test_a_removal_is_told_to_who_did_it_and_to_managers_alone(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        document = (await put(here, deny=("group:sales",))).document_id
        await here.documents.discard(DeleteDocument.model_validate(ASKED | {"document_id": document}), ALICE)
        for who in (ALICE, BOSS):
            assert (await deletion.described(here.database, document, who)).by == "person:alice"
        with pytest.raises(Refused) as refused:
            await deletion.described(here.database, document, BOB)
        assert refused.value.reason == "document_not_found"
