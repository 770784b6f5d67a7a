"""Who a credential is, and what it may."""

from datetime import UTC, datetime, timedelta

import pytest

from services.auth.accounts.repository import Accounts
from shared.events import Credential
from tests.services.auth.running import refused
from tests.services.auth.seeding import SeededAuth


async def test_a_group_s_grant_lets_its_members_ask(auth: SeededAuth) -> None:
    admitted = await auth.service.admit(auth.alice, "finance")
    right = auth.service.right(admitted)
    assert right.workspaces == admitted.workspaces == ("finance",)
    assert (right.principal.id, right.principal.department) == ("person:alice", "finance")
    assert right.actions == ("ask",)


async def test_without_a_workspace_it_is_all_where_the_caller_may(auth: SeededAuth) -> None:
    assert (await auth.service.admit(auth.alice)).workspaces == ("finance",)
    assert (await auth.service.admit(auth.admin)).workspaces == ("finance", "legal")
    assert (await auth.service.admit(auth.bob, action="write")).workspaces == ()


async def test_several_workspaces_are_allowed_together_or_not_at_all(auth: SeededAuth) -> None:
    both = await auth.service.admit(auth.admin, workspaces=("legal", "finance"))
    assert auth.service.right(both).workspaces == ("finance", "legal")
    assert (await auth.service.admit(auth.admin, "legal", workspaces=("legal",))).workspaces == ("legal",)
    for foreign in ("legal", "nothere"):
        refusal = await refused(auth.service.admit(auth.alice, workspaces=("finance", foreign)))
        assert (refusal.reason, refusal.status) == ("workspace_not_found", 404)


async def test_a_foreign_workspace_is_refused_in_the_words_for_one_that_does_not_exist(auth: SeededAuth) -> None:
    foreign = await refused(auth.service.admit(auth.bob, "finance"))
    missing = await refused(auth.service.admit(auth.bob, "nothere"))
    assert (foreign.reason, foreign.error, foreign.status) == (missing.reason, missing.error, missing.status)
    assert (foreign.reason, foreign.status) == ("workspace_not_found", 404)


async def test_an_administrator_manages_everything_and_asks_by_grant_alone(auth: SeededAuth) -> None:
    boss = await auth.service.person(auth.admin, "boss", roles=["admin"])
    assert (await auth.service.admit(boss, "legal", action="write")).workspaces == ("legal",)
    assert (await auth.service.admit(boss)).workspaces == ()
    refusal = await refused(auth.service.admit(boss, "legal"))
    assert (refusal.status, refusal.reason) == (403, "not_granted")
    assert refusal.error.startswith("You may not ask in legal. You may read, write.")


async def test_a_key_asks_where_it_was_made_for_and_nowhere_else(auth: SeededAuth) -> None:
    admitted = await auth.service.admit(auth.erp)
    assert (admitted.principal.id, admitted.workspaces) == ("app:erp", ("finance",))
    assert (await refused(auth.service.admit(auth.erp, "legal"))).reason == "workspace_not_found"
    lacking = await refused(auth.service.admit(auth.erp, "finance", action="write"))
    assert (lacking.status, lacking.reason) == (403, "not_granted")
    both = await refused(auth.service.admit(auth.erp, workspaces=("finance", "legal"), action="write"))
    assert both.reason == "workspace_not_found", "one of them is not known to it"
    await auth.service.make(auth.admin, "grant", workspace="finance", to="app:erp", actions=["write"])
    await auth.service.make(auth.admin, "grant", workspace="legal", to="app:erp", actions=["write"])
    assert (await auth.service.admit(auth.erp, action="write")).workspaces == ("finance",)


async def test_a_key_that_may_only_read_is_told_so_when_it_asks(auth: SeededAuth) -> None:
    made = await auth.service.make(auth.admin, "key", name="reader", workspaces=["finance"], scopes=["read"])
    reader = Credential(token=made["key"])
    told = await refused(auth.service.admit(reader, counted=True))
    assert (told.status, told.reason, "made for read alone" in told.error) == (403, "scope_missing", True)
    await auth.service.make(auth.admin, "grant", workspace="finance", to="app:reader", actions=["ask"])
    assert (await auth.service.admit(reader, counted=True)).workspaces == ("finance",)


async def test_a_user_id_must_be_the_credential_s_own(auth: SeededAuth) -> None:
    own = auth.erp.model_copy(update={"user_id": "erp"})
    assert (await auth.service.admit(own)).principal.id == "app:erp"
    foreign = await refused(auth.service.admit(auth.erp.model_copy(update={"user_id": "alice"})))
    assert (foreign.reason, foreign.status) == ("not_yours", 403)


async def test_what_the_bus_has_checked_is_the_app_if_its_key_is_for_the_bus(auth: SeededAuth) -> None:
    assert (await auth.service.admit(Credential(client="erp"))).principal.id == "app:erp"
    await auth.service.make(auth.admin, "key", name="http-only", workspaces=["finance"])
    for client in ("http-only", "nobody", "alice"):
        assert (await refused(auth.service.admit(Credential(client=client)))).status == 401
    both = Credential(client="erp", token=auth.alice.token)
    assert (await refused(auth.service.admit(both))).status == 401


async def test_on_behalf_of_a_person_it_is_their_name_and_the_rights_of_both(auth: SeededAuth) -> None:
    admitted = await auth.service.admit(Credential(client="erp"), on_behalf_of=auth.alice.token)
    assert (admitted.principal.id, admitted.workspaces) == ("person:alice", ("finance",))
    assert admitted.principal.roles == ()
    assert (await auth.service.admit(Credential(client="erp"), on_behalf_of=auth.bob.token)).workspaces == ()


async def test_only_a_system_speaks_for_a_person_and_only_with_their_token(auth: SeededAuth) -> None:
    assert (await refused(auth.service.admit(auth.alice, on_behalf_of=auth.bob.token))).status == 401
    for token in ("nonsense", auth.erp.token):
        assert (await refused(auth.service.admit(Credential(client="erp"), on_behalf_of=token))).status == 401


async def test_a_removed_user_a_removed_key_and_a_removed_grant_end_at_once(auth: SeededAuth) -> None:
    grant = next(g for g in await auth.service.names(auth.admin, "grant") if g["to"] == "group:legal")
    await auth.service.remove(auth.admin, "grant", grant["grant_id"])
    assert (await auth.service.admit(auth.bob)).workspaces == ()
    await auth.service.remove(auth.admin, "user", "alice")
    assert (await refused(auth.service.admit(auth.alice))).status == 401
    await auth.service.remove(auth.admin, "key", "erp")
    for gone in (auth.erp, Credential(client="erp")):
        assert (await refused(auth.service.admit(gone))).status == 401


async def test_a_key_ends_when_it_runs_out(auth: SeededAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    made = await auth.service.make(auth.admin, "key", name="brief", workspaces=["legal"], expires=soon.isoformat())
    assert (await auth.service.admit(Credential(token=made["key"]))).workspaces == ("legal",)
    monkeypatch.setattr("services.auth.callers.time.time", lambda: soon.timestamp() + 1)
    assert (await refused(auth.service.admit(Credential(token=made["key"])))).status == 401


async def test_another_replica_s_change_is_seen(auth: SeededAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Accounts(auth.service.accounts.database, auth.service.accounts._outbox)
    assert "finance" in (await other.current()).workspaces
    await auth.service.remove(auth.admin, "workspace", "finance")
    monkeypatch.setattr("services.auth.accounts.repository.FRESH_SECONDS", 0)
    assert "finance" not in (await other.current()).workspaces


async def test_a_right_lives_until_its_deadline_and_no_longer_than_a_day(auth: SeededAuth) -> None:
    now = datetime.now(UTC)
    short = await auth.service.admit(auth.alice, expires_at=now + timedelta(seconds=30))
    assert auth.service.right(short).expires_at == now + timedelta(seconds=30)
    long = await auth.service.admit(auth.alice, expires_at=now + timedelta(days=400))
    assert long.expires_at < now + timedelta(days=2)
    assert (await refused(auth.service.admit(auth.alice, expires_at=now))).reason == "expired"
