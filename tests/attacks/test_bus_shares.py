"""One business system takes no more of the bus than its share, whatever it tries."""

import asyncio
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error

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


async def test_an_unknown_name_and_an_outdated_capability_are_told_apart_from_a_wrong_key(cloister: Company) -> None:
    app = cloister.app("erp", cloister.workspace("finance"), bus=True)
    last = max((row.seq for row in cloister.audit_records()), default=0)
    for name, key in (("nobody-has-this", app["key"]), ("nobody-has-this", "guess"), (app["name"], "ck_guess")):
        with pytest.raises(Error):
            await nats.connect(cloister.system.nats_url, user=name, password=key, allow_reconnect=False)
    wanted = {"access.unknown_name.v1": 2, "access.attempted.v1": 1}

    def told() -> bool:
        found = [row.subject for row in cloister.admin.audit_records(after=last)]
        return all(found.count(subject) >= count for subject, count in wanted.items())

    assert await asyncio.to_thread(cloister.until, told, 10)
