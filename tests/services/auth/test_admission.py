"""Who a credential is, and what it may."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.auth.accounts.repository import Accounts
from shared.errors import Refused
from shared.events import Credential
from tests.services.auth.running import House, furnished


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as found:
        yield found


async def refused(call: Any) -> Refused:
    with pytest.raises(Refused) as found:
        await call
    return found.value


async def test_a_group_s_grant_lets_its_members_ask(house: House) -> None:
    admitted = await house.office.admit(house.alice, "finance")
    right = house.office.right(admitted)
    assert right.workspaces == admitted.workspaces == ("finance",)
    assert (right.principal.id, right.principal.department) == ("person:alice", "finance")
    assert right.actions == ("ask",)


async def test_without_a_workspace_it_is_all_where_the_caller_may(house: House) -> None:
    assert (await house.office.admit(house.alice)).workspaces == ("finance",)
    assert (await house.office.admit(house.admin)).workspaces == ("finance", "legal")
    assert (await house.office.admit(house.bob, action="write")).workspaces == ()


async def test_several_workspaces_are_allowed_together_or_not_at_all(house: House) -> None:
    both = await house.office.admit(house.admin, workspaces=("legal", "finance"))
    assert house.office.right(both).workspaces == ("finance", "legal")
    assert (await house.office.admit(house.admin, "legal", workspaces=("legal",))).workspaces == ("legal",)
    for foreign in ("legal", "nothere"):
        refusal = await refused(house.office.admit(house.alice, workspaces=("finance", foreign)))
        assert (refusal.reason, refusal.status) == ("workspace_not_found", 404)


async def test_a_foreign_workspace_is_refused_in_the_words_for_one_that_does_not_exist(house: House) -> None:
    foreign = await refused(house.office.admit(house.bob, "finance"))
    missing = await refused(house.office.admit(house.bob, "nothere"))
    assert (foreign.reason, foreign.error, foreign.status) == (missing.reason, missing.error, missing.status)
    assert (foreign.reason, foreign.status) == ("workspace_not_found", 404)


async def test_an_administrator_manages_everything_and_asks_by_grant_alone(house: House) -> None:
    boss = await house.office.person(house.admin, "boss", roles=["admin"])
    assert (await house.office.admit(boss, "legal", action="write")).workspaces == ("legal",)
    assert (await house.office.admit(boss)).workspaces == ()
    assert (await refused(house.office.admit(boss, "legal"))).status == 404


async def test_a_key_asks_where_it_was_made_for_and_nowhere_else(house: House) -> None:
    admitted = await house.office.admit(house.erp)
    assert (admitted.principal.id, admitted.workspaces) == ("app:erp", ("finance",))
    assert (await refused(house.office.admit(house.erp, "legal"))).reason == "workspace_not_found"
    assert (await refused(house.office.admit(house.erp, "finance", action="write"))).status == 404
    await house.office.make(house.admin, "grant", workspace="finance", to="app:erp", actions=["write"])
    await house.office.make(house.admin, "grant", workspace="legal", to="app:erp", actions=["write"])
    assert (await house.office.admit(house.erp, action="write")).workspaces == ("finance",)


async def test_a_user_id_must_be_the_credential_s_own(house: House) -> None:
    own = house.erp.model_copy(update={"user_id": "erp"})
    assert (await house.office.admit(own)).principal.id == "app:erp"
    foreign = await refused(house.office.admit(house.erp.model_copy(update={"user_id": "alice"})))
    assert (foreign.reason, foreign.status) == ("not_yours", 403)


async def test_what_the_bus_has_checked_is_the_app_if_its_key_is_for_the_bus(house: House) -> None:
    assert (await house.office.admit(Credential(client="erp"))).principal.id == "app:erp"
    await house.office.make(house.admin, "key", name="http-only", workspaces=["finance"])
    for client in ("http-only", "nobody", "alice"):
        assert (await refused(house.office.admit(Credential(client=client)))).status == 401
    both = Credential(client="erp", token=house.alice.token)
    assert (await refused(house.office.admit(both))).status == 401


async def test_on_behalf_of_a_person_it_is_their_name_and_the_rights_of_both(house: House) -> None:
    admitted = await house.office.admit(Credential(client="erp"), on_behalf_of=house.alice.token)
    assert (admitted.principal.id, admitted.workspaces) == ("person:alice", ("finance",))
    assert admitted.principal.roles == ()
    assert (await house.office.admit(Credential(client="erp"), on_behalf_of=house.bob.token)).workspaces == ()


async def test_only_a_system_speaks_for_a_person_and_only_with_their_token(house: House) -> None:
    assert (await refused(house.office.admit(house.alice, on_behalf_of=house.bob.token))).status == 401
    for token in ("nonsense", house.erp.token):
        assert (await refused(house.office.admit(Credential(client="erp"), on_behalf_of=token))).status == 401


async def test_a_removed_user_a_removed_key_and_a_removed_grant_end_at_once(house: House) -> None:
    grant = next(g for g in await house.office.names(house.admin, "grant") if g["to"] == "group:legal")
    await house.office.remove(house.admin, "grant", grant["grant_id"])
    assert (await house.office.admit(house.bob)).workspaces == ()
    await house.office.remove(house.admin, "user", "alice")
    assert (await refused(house.office.admit(house.alice))).status == 401
    await house.office.remove(house.admin, "key", "erp")
    for gone in (house.erp, Credential(client="erp")):
        assert (await refused(house.office.admit(gone))).status == 401


async def test_a_key_ends_when_it_runs_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    made = await house.office.make(house.admin, "key", name="brief", workspaces=["legal"], expires=soon.isoformat())
    assert (await house.office.admit(Credential(token=made["key"]))).workspaces == ("legal",)
    monkeypatch.setattr("services.auth.callers.time.time", lambda: soon.timestamp() + 1)
    assert (await refused(house.office.admit(Credential(token=made["key"])))).status == 401


async def test_another_replica_s_change_is_seen(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Accounts(house.office.accounts.database, house.office.accounts._outbox)
    assert "finance" in (await other.current()).workspaces
    await house.office.remove(house.admin, "workspace", "finance")
    monkeypatch.setattr("services.auth.accounts.repository.FRESH_SECONDS", 0)
    assert "finance" not in (await other.current()).workspaces


async def test_a_right_lives_until_its_deadline_and_no_longer_than_a_day(house: House) -> None:
    now = datetime.now(UTC)
    short = await house.office.admit(house.alice, expires_at=now + timedelta(seconds=30))
    assert house.office.right(short).expires_at == now + timedelta(seconds=30)
    long = await house.office.admit(house.alice, expires_at=now + timedelta(days=400))
    assert long.expires_at < now + timedelta(days=2)
    assert (await refused(house.office.admit(house.alice, expires_at=now))).reason == "expired"
