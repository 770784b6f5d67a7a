"""Why somebody may: told to themselves, to managers and to auditors."""

from pathlib import Path
from typing import Any

import pytest

from services.auth.accounts.explanation import AccessExplainer
from shared.errors import Refused
from shared.events import Credential, Explain, Explained, Recognise
from tests.services.auth.seeding import SeededAuth, seeded


async def explained(auth: SeededAuth, by: Credential, who: str | None = None, workspace: str = "finance") -> Explained:
    asked = Explain(credential=by, workspace=workspace, principal=who)
    return await AccessExplainer(auth.service.accounts, auth.service.admission).explain(asked)


async def test_one_is_told_under_which_names_and_through_which_grant_one_may(tmp_path: Path) -> None:
    async with seeded(tmp_path) as auth:
        alice = await explained(auth, auth.alice)
        assert (alice.principal, alice.exists, alice.actions) == ("person:alice", True, ("ask", "read"))
        assert alice.holders == ("person:alice", "group:finance", "role:auditor")
        assert [(grant.to, grant.actions) for grant in alice.grants] == [("group:finance", ("ask", "read"))]
        bob = await explained(auth, auth.bob)
        assert (bob.actions, bob.grants, bob.holders) == ((), (), ("person:bob", "group:legal"))


async def test_others_are_explained_to_managers_and_auditors_alone(tmp_path: Path) -> None:
    async with seeded(tmp_path) as auth:
        for by in (auth.admin, auth.alice):
            assert (await explained(auth, by, "person:bob", "legal")).actions == ("ask", "read")
        with pytest.raises(Refused, match="auditors") as refused:
            await explained(auth, auth.bob, "person:alice")
        assert refused.value.status == 403
        carol = await auth.service.person(auth.admin, "carol")
        await auth.service.make(auth.admin, "grant", workspace="finance", to="person:carol", actions=["manage"])
        assert (await explained(auth, carol, "person:alice")).exists
        with pytest.raises(Refused, match="auditors"):
            await explained(auth, carol, "person:bob", "legal")


async def test_a_business_system_may_what_its_key_gives(tmp_path: Path) -> None:
    async with seeded(tmp_path) as auth:
        erp: Any = await explained(auth, auth.admin, "app:erp")
        assert (erp.exists, erp.holders, erp.actions, erp.grants) == (True, ("app:erp",), ("ask", "read"), ())
        assert (await explained(auth, auth.admin, "app:erp", "legal")).actions == ()


async def test_a_group_or_a_role_is_explained_as_whoever_belongs_to_it_alone(tmp_path: Path) -> None:
    async with seeded(tmp_path) as auth:
        finance = await explained(auth, auth.admin, "group:finance")
        assert (finance.exists, finance.holders, finance.actions) == (True, ("group:finance",), ("ask", "read"))
        manager = await explained(auth, auth.admin, "role:manager")
        assert (manager.exists, manager.holders, manager.actions) == (True, ("role:manager",), ())
        for name in ("group:finanse", "role:emperor"):
            assert not (await explained(auth, auth.admin, name)).exists


async def test_a_denial_is_told_beside_what_would_give_the_right(tmp_path: Path) -> None:
    async with seeded(tmp_path) as auth:
        await auth.service.make(
            auth.admin, "grant", workspace="finance", to="person:alice", actions=["ask", "read"], deny=True
        )
        alice = await explained(auth, auth.admin, "person:alice")
        assert ([one.to for one in alice.grants], [one.to for one in alice.denied], alice.actions) == (
            ["group:finance"], ["person:alice"], (),
        )  # fmt: skip


async def test_nobody_is_told_to_be_nobody(tmp_path: Path) -> None:
    async with seeded(tmp_path) as auth:
        for name in ("person:zoe", "app:zoe"):
            assert await explained(auth, auth.admin, name) == Explained(principal=name, exists=False)


async def test_names_of_nobody_are_recognised_for_those_who_write(tmp_path: Path) -> None:
    async with seeded(tmp_path) as auth:
        named = ("group:finance", "group:finanse", "person:bob", "person:zoe", "role:manager", "app:erp", "app:crm")
        asked = Recognise(credential=auth.admin, workspace="finance", names=named)
        explaining = AccessExplainer(auth.service.accounts, auth.service.admission)
        assert (await explaining.recognise(asked)).names == ("group:finanse", "person:zoe", "app:crm")
        with pytest.raises(Refused, match="no such workspace"):
            await explaining.recognise(asked.model_copy(update={"credential": auth.bob}))


async def test_people_are_recognised_for_everybody_and_nothing_else_is(tmp_path: Path) -> None:
    async with seeded(tmp_path) as auth:
        named = ("person:bob", "person:zoe", "group:finance", "app:erp")
        explaining = AccessExplainer(auth.service.accounts, auth.service.admission)
        found = await explaining.recognise(Recognise(credential=auth.bob, names=named))
        assert found.names == ("person:zoe", "group:finance", "app:erp")
