"""Why somebody may: told to themselves, to managers and to auditors."""

from pathlib import Path
from typing import Any

import pytest

from services.auth.accounts.explanation import AccessExplainer
from shared.errors import Refused
from shared.events import Credential, Explain, Explained, Recognise
from tests.services.auth.running import House, furnished


async def explained(house: House, by: Credential, who: str | None = None, workspace: str = "finance") -> Explained:
    asked = Explain(credential=by, workspace=workspace, principal=who)
    return await AccessExplainer(house.office.accounts, house.office.admission).explain(asked)


async def test_one_is_told_under_which_names_and_through_which_grant_one_may(tmp_path: Path) -> None:
    async with furnished(tmp_path) as house:
        alice = await explained(house, house.alice)
        assert (alice.principal, alice.exists, alice.actions) == ("person:alice", True, ("ask", "read"))
        assert alice.holders == ("person:alice", "group:finance", "role:auditor")
        assert [(grant.to, grant.actions) for grant in alice.grants] == [("group:finance", ("ask", "read"))]
        bob = await explained(house, house.bob)
        assert (bob.actions, bob.grants, bob.holders) == ((), (), ("person:bob", "group:legal"))


async def test_others_are_explained_to_managers_and_auditors_alone(tmp_path: Path) -> None:
    async with furnished(tmp_path) as house:
        for by in (house.admin, house.alice):
            assert (await explained(house, by, "person:bob", "legal")).actions == ("ask", "read")
        with pytest.raises(Refused, match="auditors") as refused:
            await explained(house, house.bob, "person:alice")
        assert refused.value.status == 403
        carol = await house.office.person(house.admin, "carol")
        await house.office.make(house.admin, "grant", workspace="finance", to="person:carol", actions=["manage"])
        assert (await explained(house, carol, "person:alice")).exists
        with pytest.raises(Refused, match="auditors"):
            await explained(house, carol, "person:bob", "legal")


async def test_a_business_system_may_what_its_key_gives(tmp_path: Path) -> None:
    async with furnished(tmp_path) as house:
        erp: Any = await explained(house, house.admin, "app:erp")
        assert (erp.exists, erp.holders, erp.actions, erp.grants) == (True, ("app:erp",), ("ask", "read"), ())
        assert (await explained(house, house.admin, "app:erp", "legal")).actions == ()


async def test_nobody_is_told_to_be_nobody(tmp_path: Path) -> None:
    async with furnished(tmp_path) as house:
        for name in ("person:zoe", "app:zoe"):
            assert await explained(house, house.admin, name) == Explained(principal=name, exists=False)


async def test_names_of_nobody_are_recognised_for_those_who_write(tmp_path: Path) -> None:
    async with furnished(tmp_path) as house:
        named = ("group:finance", "group:finanse", "person:bob", "person:zoe", "role:manager", "app:erp", "app:crm")
        asked = Recognise(credential=house.admin, workspace="finance", names=named)
        explaining = AccessExplainer(house.office.accounts, house.office.admission)
        assert (await explaining.recognise(asked)).names == ("group:finanse", "person:zoe", "app:crm")
        with pytest.raises(Refused, match="no such workspace"):
            await explaining.recognise(asked.model_copy(update={"credential": house.bob}))


async def test_people_are_recognised_for_everybody_and_nothing_else_is(tmp_path: Path) -> None:
    async with furnished(tmp_path) as house:
        named = ("person:bob", "person:zoe", "group:finance", "app:erp")
        explaining = AccessExplainer(house.office.accounts, house.office.admission)
        found = await explaining.recognise(Recognise(credential=house.bob, names=named))
        assert found.names == ("person:zoe", "group:finance", "app:erp")
