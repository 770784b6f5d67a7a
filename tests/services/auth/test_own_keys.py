"""Keys that people make for themselves: inside their rights at each call, and no further."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.auth.tables import own_keys
from shared.errors import Refused
from shared.events import Credential, RightsRevoked, SetPassword, SignOut
from tests.services.auth.seeding import SeededAuth


@pytest.fixture
async def auth(auth: SeededAuth) -> SeededAuth:
    """With grants of her own to Alice."""
    for workspace, action in (("finance", "read"), ("legal", "write")):
        await auth.service.make(auth.admin, "grant", workspace=workspace, to="person:alice", actions=["ask", action])
    return auth


async def refusal(doing: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.status, refused.value.reason


async def made(auth: SeededAuth, **fields: Any) -> Credential:
    key = await auth.service.make(auth.alice, "key", **({"mine": True, "name": "laptop"} | fields))
    return Credential(token=key["key"])


async def test_a_key_of_ones_own_asks_as_oneself_and_cannot_do_more_than_its_scopes(auth: SeededAuth) -> None:
    key = await made(auth)
    admitted = await auth.service.admit(key)
    assert (admitted.principal.id, admitted.workspaces) == ("person:alice", ("finance", "legal"))
    assert (await auth.service.admit(key, action="write")).workspaces == ()
    narrow = await made(auth, name="ci", workspaces=["legal"], scopes=["write"])
    assert (await auth.service.admit(narrow, action="write")).workspaces == ("legal",)
    assert (await auth.service.admit(narrow)).workspaces == ()
    for workspace in (None, "legal"):
        assert await refusal(auth.service.admit(narrow, workspace, counted=True)) == (403, "scope_missing")
    assert await refusal(auth.service.admit(narrow, "finance", action="write")) == (404, "workspace_not_found")


async def test_what_its_owner_loses_the_key_loses_too(auth: SeededAuth) -> None:
    key = await made(auth)
    await auth.service.make(auth.admin, "grant", workspace="legal", to="person:alice", actions=["ask"], deny=True)
    assert (await auth.service.admit(key)).workspaces == ("finance",)
    await auth.service.perform(auth.admin, "lock", "alice")
    assert await refusal(auth.service.admit(key)) == (401, "unauthenticated")
    await auth.service.perform(auth.admin, "unlock", "alice")
    assert await refusal(auth.service.admit(key)) == (401, "unauthenticated")


async def test_an_administrators_key_administers_nothing(auth: SeededAuth) -> None:
    own = await auth.service.make(auth.admin, "key", mine=True, name="script", scopes=["ask", "read", "write"])
    key = Credential(token=own["key"])
    assert (await auth.service.admit(key)).principal.roles == ()
    for doing in (
        auth.service.make(key, "workspace", name="mine"),
        auth.service.make(key, "key", name="erp", workspaces=["finance"]),
        auth.service.make(key, "key", mine=True, name="more"),
        auth.service.perform(key, "lock", "alice"),
        auth.service.own.set_password(SetPassword(credential=key, username="alice", password="x" * 20)),
        auth.service.own.sign_out(SignOut(credential=key, everywhere=True)),
    ):
        assert await refusal(doing) == (403, "forbidden")


async def test_a_key_is_listed_with_its_last_use_and_taken_away_by_its_owner(auth: SeededAuth) -> None:
    key = await made(auth)
    (before,) = await auth.service.names(auth.alice, "key")
    assert (before["name"], before["mine"], before["used_at"]) == ("alice.laptop", True, None)
    assert "key" not in before
    await auth.service.admit(key)
    (after,) = await auth.service.names(auth.alice, "key")
    assert after["used_at"] >= before["created_at"]
    assert [one["name"] for one in await auth.service.names(auth.bob, "key")] == []
    assert "alice.laptop" in [one["name"] for one in await auth.service.names(auth.admin, "key")]
    assert await refusal(auth.service.remove(auth.bob, "key", "alice.laptop")) == (404, "not_found")
    await auth.service.remove(auth.alice, "key", "alice.laptop")
    assert await refusal(auth.service.admit(key)) == (401, "unauthenticated")
    lost = await auth.service.bus.until(
        lambda events: next(
            (loss for one in events if isinstance(one, RightsRevoked) for loss in one.losses if loss.credentials), None
        )
    )
    assert (lost.principal, lost.everything) == ("person:alice", False)


async def test_it_ends_with_its_time_and_with_a_sign_out_everywhere(auth: SeededAuth) -> None:
    key, other = await made(auth), await made(auth, name="phone")
    past = update(own_keys).where(own_keys.c.label == "laptop").values(expires_at=datetime.now(UTC) - timedelta(1))
    async with auth.service.accounts.changing("person:admin") as change:
        await change.connection.execute(past)
    assert await refusal(auth.service.admit(key)) == (401, "unauthenticated")
    assert (await auth.service.admit(other)).expires_at
    await auth.service.own.sign_out(SignOut(credential=auth.alice, everywhere=True))
    assert await refusal(auth.service.admit(other)) == (401, "unauthenticated")


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
async def test_what_a_key_cannot_be_is_refused_by_name(auth: SeededAuth, fields: dict[str, Any], reason: str) -> None:
    assert (await refusal(made(auth, **fields)))[1] == reason


async def test_a_business_system_makes_no_keys(auth: SeededAuth) -> None:
    key = await auth.service.make(auth.admin, "key", name="crm", workspaces=["finance"])
    own = auth.service.make(Credential(token=key["key"]), "key", mine=True, name="more")
    assert await refusal(own) == (403, "forbidden")
