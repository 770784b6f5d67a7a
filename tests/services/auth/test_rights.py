"""Deny wins, roles bring what they say, keys do what they are for, and the deciding rule is named."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.auth.accounts.directory import ACTIONS
from services.auth.accounts.explanation import AccessExplainer
from services.auth.rights.limits import Limit
from services.auth.tables import keys
from shared.errors import Refused
from shared.events import Credential, Event, Explain, RightsRevoked
from tests.services.auth.seeding import SeededAuth


async def grant(auth: SeededAuth, workspace: str, to: str, *actions: str, deny: bool = False) -> str:
    made = await auth.service.make(auth.admin, "grant", workspace=workspace, to=to, actions=list(actions), deny=deny)
    return str(made["grant_id"])


async def refusal(doing: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.status, refused.value.reason


@pytest.mark.parametrize("name", ["person:alice", "group:finance", "role:auditor"])
async def test_a_denial_under_any_name_wins_over_every_grant(auth: SeededAuth, name: str) -> None:
    await grant(auth, "finance", "person:alice", "ask")
    assert (await auth.service.admit(auth.alice)).workspaces == ("finance",)
    denied = await grant(auth, "finance", name, "ask", deny=True)
    assert (await auth.service.admit(auth.alice)).workspaces == ()
    await auth.service.remove(auth.admin, "grant", denied)
    assert (await auth.service.admit(auth.alice)).workspaces == ("finance",)


async def test_a_denial_everywhere_holds_in_a_workspace_that_is_made_later(auth: SeededAuth) -> None:
    await grant(auth, "*", "group:finance", "ask", deny=True)
    await auth.service.make(auth.admin, "workspace", name="later")
    await grant(auth, "later", "group:finance", "ask")
    assert (await auth.service.admit(auth.alice)).workspaces == ()


async def test_nobody_can_lock_the_administrators_out_of_a_workspace(auth: SeededAuth) -> None:
    await grant(auth, "finance", "role:admin", *ACTIONS, deny=True)
    assert (await auth.service.admit(auth.admin, action="manage")).workspaces == ("finance", "legal")
    assert (await auth.service.admit(auth.admin, action="read")).workspaces == ("legal",)


async def test_only_an_administrator_grants_everywhere(auth: SeededAuth) -> None:
    await grant(auth, "finance", "person:alice", "manage")
    fields = {"workspace": "*", "to": "person:alice", "actions": ["ask"]}
    assert await refusal(auth.service.make(auth.alice, "grant", **fields)) == (403, "forbidden")


async def test_a_right_to_ask_names_the_grants_that_gave_it_those_for_everywhere_too(auth: SeededAuth) -> None:
    everywhere = await grant(auth, "*", "person:bob", "ask", "read")
    await grant(auth, "*", "person:bob", "write")
    await grant(auth, "finance", "person:alice", "ask")
    right = auth.service.right(await auth.service.admit(auth.bob, "finance"))
    assert right.grants == (everywhere,)
    both = auth.service.right(await auth.service.admit(auth.bob, "legal")).grants
    assert len(both) == 2
    assert everywhere in both


async def test_summaries_are_told_apart_and_no_grant_is_widened_by_asking(auth: SeededAuth) -> None:
    await grant(auth, "*", "person:bob", "summarise")
    for _ in range(2):
        admitted = await auth.service.admit(auth.bob)
        assert (admitted.workspaces, admitted.summarised) == (("finance", "legal"), ("finance",))
    assert await refusal(auth.service.admit(auth.bob, "finance", action="read")) == (404, "workspace_not_found")


async def test_a_key_does_what_its_scopes_say_from_where_they_say(auth: SeededAuth) -> None:
    made = await auth.service.make(
        auth.admin, "key", name="page", workspaces=["finance"], scopes=["ask"],
        origins=["https://erp.example.com", "10.1.0.0/16"],
    )  # fmt: skip
    there = Credential(token=made["key"], origin="https://erp.example.com", address="192.0.2.1")
    assert (await auth.service.admit(there)).workspaces == ("finance",)
    assert (await auth.service.admit(there, action="read")).workspaces == ()
    inside = Credential(token=made["key"], address="10.1.2.3")
    assert (await auth.service.admit(inside)).workspaces == ("finance",)
    for elsewhere in ({"origin": "https://evil.example.com", "address": "10.1.2.3"}, {"address": "10.2.0.1"}, {}):
        wrong = Credential(token=made["key"], **elsewhere)
        assert await refusal(auth.service.admit(wrong)) == (403, "wrong_origin")


async def test_a_right_ends_no_later_than_the_key_that_it_came_from(auth: SeededAuth) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=30)
    made = await auth.service.make(auth.admin, "key", name="brief", workspaces=["finance"], expires=ends.isoformat())
    admitted = await auth.service.admit(
        Credential(token=made["key"]), expires_at=datetime.now(UTC) + timedelta(hours=1)
    )
    assert admitted.expires_at == ends


async def test_a_question_from_before_a_key_was_made_is_not_of_that_key(auth: SeededAuth) -> None:
    async with auth.service.accounts.changing("test") as change:
        await change.connection.execute(keys.update().values(asks_after=41))
    assert await refusal(auth.service.admit(Credential(client="erp", sequence=41))) == (401, "unauthenticated")
    assert (await auth.service.admit(Credential(client="erp", sequence=42))).workspaces == ("finance",)


async def test_two_secrets_of_a_key_are_valid_until_the_older_runs_out(auth: SeededAuth) -> None:
    new = await auth.service.perform(auth.admin, "rotate", "erp", hours=1)
    for key in (auth.erp.token, new["key"]):
        assert (await auth.service.admit(Credential(token=key))).principal.id == "app:erp"
    newest = await auth.service.perform(auth.admin, "rotate", "erp", hours=0)
    for key in (auth.erp.token, new["key"]):
        assert await refusal(auth.service.admit(Credential(token=key))) == (401, "unauthenticated")
    assert (await auth.service.admit(Credential(token=newest["key"]))).principal.id == "app:erp"


async def test_a_role_brings_its_group_and_grants_once(auth: SeededAuth) -> None:
    done = await auth.service.perform(auth.admin, "apply", "finance-member", to="bob")
    assert (done["groups"], done["grants"]) == (["legal", "finance"], []), "the group had its grant already"
    await auth.service.perform(auth.admin, "apply", "management", to="bob")
    again = await auth.service.perform(auth.admin, "apply", "management", to="bob")
    assert (again["roles"], again["grants"]) == (["manager"], [])
    await auth.service.make(auth.admin, "workspace", name="research")
    admitted = await auth.service.admit(auth.bob)
    assert (admitted.workspaces, admitted.summarised) == (("finance", "legal", "research"), ("research",))
    missing = auth.service.perform(auth.admin, "apply", "rd-member", to="bob")
    assert await refusal(missing) == (409, "workspace_missing")


@pytest.mark.parametrize(
    ("action", "rule"), [("ask", "deny"), ("read", "grant"), ("write", "none"), ("manage", "none")]
)
async def test_the_rule_that_decides_is_named(auth: SeededAuth, action: str, rule: str) -> None:
    await grant(auth, "finance", "role:auditor", "ask", deny=True)
    explaining = AccessExplainer(auth.service.accounts, auth.service.admission)
    asked = Explain(credential=auth.admin, workspace="finance", principal="person:alice")
    (found,) = [one for one in (await explaining.explain(asked)).decisions if one.action == action]
    assert (found.rule, found.allowed) == (rule, rule == "grant")
    await auth.service.perform(auth.admin, "lock", "alice")
    assert {one.rule for one in (await explaining.explain(asked)).decisions} == {"locked"}


async def test_tokens_from_before_a_lock_stay_refused_after_the_unlock(
    auth: SeededAuth,
) -> None:
    await auth.service.perform(auth.admin, "lock", "alice")
    assert await refusal(auth.service.admit(auth.alice)) == (401, "unauthenticated")
    assert await refusal(auth.service.sign_in("alice", "alice has a long password")) == (401, "unauthenticated")
    await auth.service.perform(auth.admin, "unlock", "alice")
    assert await refusal(auth.service.admit(auth.alice)) == (401, "sign_in_over")
    anew = await auth.service.sign_in("alice", "alice has a long password")
    assert (await auth.service.admit(anew)).workspaces == ("finance",)


async def test_a_leaver_s_grants_and_keys_go_to_who_takes_over_in_one_act(auth: SeededAuth) -> None:
    service = auth.service
    await service.perform(auth.admin, "change", "alice", roles=["admin"])
    own = await service.make(auth.alice, "key", name="alices", workspaces=["finance"])
    await grant(auth, "legal", "person:alice", "write")
    await grant(auth, "legal", "person:alice", "ask", deny=True)
    done = await service.perform(auth.admin, "offboard", "alice", to="bob")
    assert (done["to"], done["keys"], [one["workspace"] for one in done["grants"]]) == (
        "person:bob", ["alices"], ["legal"],
    )  # fmt: skip
    assert await refusal(service.admit(Credential(token=own["key"]))) == (401, "unauthenticated")
    assert (await service.admit(auth.bob, action="write")).workspaces == ("legal",)
    assert (await service.admit(auth.bob)).workspaces == ("legal",), "what was denied to the leaver is not handed on"

    def left(events: list[Event]) -> list[str] | None:
        commands = [str(vars(event).get("act")) for event in events if vars(event).get("target") == "person:alice"]
        return commands if "user.offboarded" in commands else None

    async with asyncio.timeout(10):
        assert (await service.bus.until(left)).count("user.offboarded") == 1
    owners = {key["name"]: key["owner"] for key in await service.names(auth.admin, "key")}
    assert owners["alices"] == "person:bob"


async def test_the_last_administrator_can_neither_be_locked_nor_leave(auth: SeededAuth) -> None:
    for act in ("lock", "offboard"):
        assert await refusal(auth.service.perform(auth.admin, act, "admin")) == (409, "last_admin")
    assert await refusal(auth.service.perform(auth.admin, "change", "admin", roles=[])) == (409, "last_admin")


async def test_daily_questions_are_counted_for_each_and_refused_with_the_time_they_open(auth: SeededAuth) -> None:
    await auth.service.make(auth.admin, "limit", to="group:finance", daily=2)
    for left in (1, 0):
        admitted = await auth.service.admit(auth.alice, counted=True)
        assert admitted.allowance
        assert (admitted.allowance.daily, admitted.allowance.left) == (2, left)
    assert (await auth.service.admit(auth.alice)).allowance is None
    with pytest.raises(Refused, match="Ask again from") as refused:
        await auth.service.admit(auth.alice, counted=True)
    assert (refused.value.status, refused.value.reason) == (429, "daily_limit")
    assert refused.value.values["questions"] == 2
    assert 0 < (refused.value.retry_after or 0) <= 86_400
    await auth.service.admit(auth.bob, counted=True)


async def test_what_is_lost_leaves_with_the_act_and_names_no_more_than_that(auth: SeededAuth) -> None:
    shared = await grant(auth, "legal", "group:finance", "ask")
    await grant(auth, "legal", "person:bob", "ask")
    await auth.service.remove(auth.admin, "grant", shared)
    event = await auth.service.bus.until(
        lambda events: next((one for one in events if isinstance(one, RightsRevoked)), None)
    )
    assert [(loss.principal, loss.lost, loss.everything) for loss in event.losses] == [
        ("person:alice", {"ask": ("legal",)}, False)
    ]


SHANGHAI = Limit("group:finance", None, "08:00", "18:00", ("mon", "tue", "wed", "thu", "fri"), "Asia/Shanghai")
NIGHT = Limit("app:batch", None, "22:00", "06:00", (), "UTC")


@pytest.mark.parametrize(
    ("limit", "now", "opens"),
    [
        (SHANGHAI, "2026-11-27T00:00:00Z", None),
        (SHANGHAI, "2026-11-27T09:59:59Z", None),
        (SHANGHAI, "2026-11-26T23:59:59Z", "2026-11-27T00:00:00Z"),
        (SHANGHAI, "2026-11-27T10:00:00Z", "2026-11-30T00:00:00Z"),
        (NIGHT, "2026-11-27T05:59:00Z", None),
        (NIGHT, "2026-11-27T23:00:00Z", None),
        (NIGHT, "2026-11-27T06:00:00Z", "2026-11-27T22:00:00Z"),
    ],
)
def test_opening_hours_go_by_the_clock_of_their_zone_and_across_midnight(
    limit: Limit, now: str, opens: str | None
) -> None:
    found = limit.opens_again(datetime.fromisoformat(now))
    assert found == (datetime.fromisoformat(opens) if opens else None)
