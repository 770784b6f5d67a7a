"""One business system takes no more of the bus than its share, whatever it tries."""

import asyncio
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error

from shared.events import Record
from tests.support.company import Company

SHARE, SUBSCRIPTIONS = 20, 100


async def connect(cloister: Company, app: dict[str, Any]) -> Client | None:
    """None when it is refused."""
    name = app["name"]
    try:
        return await nats.connect(
            cloister.system.nats_url, user=name, password=app["key"], inbox_prefix=f"_INBOX_{name}".encode(),
            allow_reconnect=False, connect_timeout=10,
        )  # fmt: skip
    except Error:
        return None


async def close(clients: list[Client]) -> None:
    await asyncio.gather(*(client.close() for client in clients))


@pytest.mark.parametrize("together", [True, False], ids=["all at once", "one after the other"])
async def test_no_more_connections_than_its_share_and_the_others_come_in(cloister: Company, together: bool) -> None:
    space = cloister.workspace("finance")
    greedy, modest = cloister.app("erp", space, bus=True), cloister.app("crm", space, bus=True)
    if together:
        tried = await asyncio.gather(*(connect(cloister, greedy) for _ in range(3 * SHARE)))
    else:
        tried = [await connect(cloister, greedy) for _ in range(SHARE + 5)]
    taken = [client for client in tried if client]
    try:
        assert len(taken) == SHARE
        other = await connect(cloister, modest)
        assert other is not None
        await other.close()
    finally:
        await close(taken)


async def test_who_closes_one_may_open_another(cloister: Company) -> None:
    app = cloister.app("erp", cloister.workspace("finance"), bus=True)
    taken = [client for client in [await connect(cloister, app) for _ in range(SHARE)] if client]
    try:
        assert await connect(cloister, app) is None
        await taken.pop().close()
        async with asyncio.timeout(10):
            while (again := await connect(cloister, app)) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        taken.append(again)
    finally:
        await close(taken)


async def test_no_more_subscriptions_than_one_connection_may_have(cloister: Company) -> None:
    client, done = await connect(cloister, cloister.app("erp", cloister.workspace("finance"), bus=True)), 0
    assert client is not None
    with pytest.raises(Error):  # noqa: PT012
        for done in range(SUBSCRIPTIONS + 50):
            await client.subscribe(f"answered.{client.options['user']}.{done}")
            await client.flush()
    assert SUBSCRIPTIONS - 2 <= done <= SUBSCRIPTIONS + 2
    assert "maximum subscriptions exceeded" in str(client.last_error).lower()


async def test_who_is_refused_for_its_number_is_on_record_as_refused(cloister: Company) -> None:
    app = cloister.app("erp", cloister.workspace("finance"), bus=True)
    who, last = f"app:{app['name']}", newest(cloister)
    taken = [client for client in [await connect(cloister, app) for _ in range(SHARE)] if client]
    try:
        assert await connect(cloister, app) is None
    finally:
        await close(taken)

    def told() -> list[tuple[str, str]]:
        mine = [row.facts for row in cloister.admin.audit_records(after=last) if row.principal == who]
        return [(fact["outcome"], fact["reason"]) for fact in mine if "outcome" in fact]

    found = await asyncio.to_thread(cloister.until, lambda: said if len(said := told()) > SHARE else None, 10)
    assert found.count(("signed_in", "bus")) == SHARE
    assert found.count(("refused", "too_many_connections")) == 1


async def test_an_unknown_name_is_told_apart_from_a_wrong_key_and_kept_nowhere(cloister: Company) -> None:
    app, last = cloister.app("erp", cloister.workspace("finance"), bus=True), newest(cloister)
    unknown = "a-password-typed-as-a-name"
    for name, key in ((unknown, app["key"]), (unknown, "guess"), (app["name"], "ck_guess")):
        with pytest.raises(Error):
            await nats.connect(cloister.system.nats_url, user=name, password=key, allow_reconnect=False)

    def told() -> dict[str, list[Record]] | None:
        found = {name: list[Record]() for name in ("access.unknown_name.v1", "access.attempted.v1")}
        for row in cloister.admin.audit_records(after=last):
            found.setdefault(row.subject, []).append(row)
        return found if [len(found["access.unknown_name.v1"]), len(found["access.attempted.v1"])] >= [2, 1] else None

    found = await asyncio.to_thread(cloister.until, told, 10)
    assert {row.principal for row in found["access.unknown_name.v1"]} == {"unknown"}
    assert {row.origin["address"] for row in found["access.unknown_name.v1"]} == {"127.0.0.1"}
    wrong = [row for row in found["access.attempted.v1"] if row.principal == f"app:{app['name']}"]
    assert [(row.facts["outcome"], row.facts["reason"]) for row in wrong] == [("refused", "wrong_key")]
    assert unknown not in "".join(row.model_dump_json() for rows in found.values() for row in rows)


def newest(cloister: Company) -> int:
    return max((row.seq for row in cloister.audit_records()), default=0)
