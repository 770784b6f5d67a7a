"""Keys that people make for themselves: inside their rights at each call, and no further."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from services.auth.tables import own_keys
from shared.errors import Refused
from shared.events import Credential, RightsRevoked, SetPassword, SignOut
from tests.services.auth.running import House, furnished


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as found:
        await found.office.make(found.admin, "grant", workspace="finance", to="person:alice", actions=["ask", "read"])
        await found.office.make(found.admin, "grant", workspace="legal", to="person:alice", actions=["ask", "write"])
        yield found


async def refusal(doing: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.status, refused.value.reason


async def made(house: House, **fields: Any) -> Credential:
    key = await house.office.make(house.alice, "key", **({"mine": True, "name": "laptop"} | fields))
    return Credential(token=key["key"])


async def test_a_key_of_ones_own_asks_as_oneself_and_cannot_do_more_than_its_scopes(house: House) -> None:
    key = await made(house)
    admitted = await house.office.admit(key)
    assert (admitted.principal.id, admitted.workspaces) == ("person:alice", ("finance", "legal"))
    assert (await house.office.admit(key, action="write")).workspaces == ()
    narrow = await made(house, name="ci", workspaces=["legal"], scopes=["write"])
    assert (await house.office.admit(narrow, action="write")).workspaces == ("legal",)
    assert (await house.office.admit(narrow)).workspaces == ()
    assert await refusal(house.office.admit(narrow, "finance", action="write")) == (404, "workspace_not_found")


async def test_what_its_owner_loses_the_key_loses_too(house: House) -> None:
    key = await made(house)
    await house.office.make(house.admin, "grant", workspace="legal", to="person:alice", actions=["ask"], deny=True)
    assert (await house.office.admit(key)).workspaces == ("finance",)
    await house.office.perform(house.admin, "lock", "alice")
    assert await refusal(house.office.admit(key)) == (401, "unauthenticated")
    await house.office.perform(house.admin, "unlock", "alice")
    assert await refusal(house.office.admit(key)) == (401, "unauthenticated")


async def test_an_administrators_key_administers_nothing(house: House) -> None:
    own = await house.office.make(house.admin, "key", mine=True, name="script", scopes=["ask", "read", "write"])
    key = Credential(token=own["key"])
    assert (await house.office.admit(key)).principal.roles == ()
    for doing in (
        house.office.make(key, "workspace", name="mine"),
        house.office.make(key, "key", name="erp", workspaces=["finance"]),
        house.office.make(key, "key", mine=True, name="more"),
        house.office.perform(key, "lock", "alice"),
        house.office.own.set_password(SetPassword(credential=key, username="alice", password="x" * 20)),
        house.office.own.sign_out(SignOut(credential=key, everywhere=True)),
    ):
        assert await refusal(doing) == (403, "forbidden")


async def test_a_key_is_listed_with_its_last_use_and_taken_away_by_its_owner(house: House) -> None:
    key = await made(house)
    (before,) = await house.office.names(house.alice, "key")
    assert (before["name"], before["mine"], before["used_at"]) == ("alice.laptop", True, None)
    assert "key" not in before
    await house.office.admit(key)
    (after,) = await house.office.names(house.alice, "key")
    assert after["used_at"] >= before["created_at"]
    assert [one["name"] for one in await house.office.names(house.bob, "key")] == []
    assert "alice.laptop" in [one["name"] for one in await house.office.names(house.admin, "key")]
    assert await refusal(house.office.remove(house.bob, "key", "alice.laptop")) == (404, "not_found")
    await house.office.remove(house.alice, "key", "alice.laptop")
    assert await refusal(house.office.admit(key)) == (401, "unauthenticated")
    lost = await house.office.bus.until(
        lambda events: next(
            (loss for one in events if isinstance(one, RightsRevoked) for loss in one.losses if loss.credentials), None
        )
    )
    assert (lost.principal, lost.everything) == ("person:alice", False)


async def test_it_ends_with_its_time_and_with_a_sign_out_everywhere(house: House) -> None:
    key, other = await made(house), await made(house, name="phone")
    past = update(own_keys).where(own_keys.c.label == "laptop").values(expires_at=datetime.now(UTC) - timedelta(1))
    async with house.office.accounts.changing("person:admin") as change:
        await change.connection.execute(past)
    assert await refusal(house.office.admit(key)) == (401, "unauthenticated")
    assert (await house.office.admit(other)).expires_at
    await house.office.own.sign_out(SignOut(credential=house.alice, everywhere=True))
    assert await refusal(house.office.admit(other)) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "No Name"}, "invalid"),
        ({"scopes": ["manage"]}, "invalid"),
        ({"workspaces": ["secrets"]}, "workspace_not_found"),
        ({"expires": datetime.now(UTC) + timedelta(400)}, "invalid"),
        ({"bus": True}, "invalid"),
    ],
)
async def test_what_a_key_cannot_be_is_refused_by_name(house: House, fields: dict[str, Any], reason: str) -> None:
    assert (await refusal(made(house, **fields)))[1] == reason


async def test_a_business_system_makes_no_keys(house: House) -> None:
    key = await house.office.make(house.admin, "key", name="crm", workspaces=["finance"])
    own = house.office.make(Credential(token=key["key"]), "key", mine=True, name="more")
    assert await refusal(own) == (403, "forbidden")
