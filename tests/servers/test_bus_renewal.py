"""A login on the bus ends after minutes: the client has a newer one before, no message is lost, none told twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from client import Bus as Client
from services.auth.bus.bus_accounts import BusAccounts
from services.auth.handlers import service
from services.auth.settings import AuthSettings
from shared.bus import Bus, Service
from shared.bus.runtime import running
from shared.events import Create, Credential, QueryAnswered, QueryStreamed, SignIn, query_id
from shared.security.capability import Signer
from tests.servers.bus import nats_server

PASSWORD = "correct horse battery"
LIFE = 3
TOKENS = 400


@dataclass
class Place:
    """The bus, the gateway's connection to it, and a business system's key."""

    url: str
    gateway: Bus
    key: dict[str, Any]
    signer: Signer

    def client(self) -> Client:
        return Client(self.url, "crm", self.key["key"], self.key["answer_keys"])

    async def answer(self, query: str) -> None:
        """As the server tells it on once it is stored."""
        answer = QueryAnswered(query=query, client="crm", answer="done", answered_at=datetime.now(UTC))
        body = answer.model_dump_json().encode()
        head = self.signer.headers(answer.address(), body)
        await self.gateway.client.publish(f"answered.crm.{query}", body, headers=head)


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    """The bus with auth's callout, the gateway's connection, and a business system's key; logins live three seconds."""
    with nats_server(tmp_path) as server:
        for module in ("context", "handlers", "accounts.commands.api_keys"):
            monkeypatch.setattr(f"services.auth.{module}.settings", lambda: server.settings)
        own = AuthSettings(admin_password=SecretStr(PASSWORD)).model_copy(update={"auth_bus_seconds": LIFE})
        monkeypatch.setattr("services.auth.context.auth_settings", lambda: own)
        async with running(service, server.settings), running(Service("gateway"), server.settings) as gateway:
            signed = await gateway.request(SignIn(username="admin", password=PASSWORD))
            admin = Credential(token=signed.access_token)
            await gateway.request(Create(credential=admin, kind="workspace", fields={"name": "finance"}))
            fields = {"name": "crm", "workspaces": ["finance"], "bus": True}
            made = await gateway.request(Create(credential=admin, kind="key", fields=fields))
            signer = Signer("gateway", server.keys / "answers" / "gateway.key")
            yield Place(server.url, gateway, made.fields, signer)


async def test_ten_seconds_of_tokens_over_logins_of_three_seconds_come_whole_and_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.sdk.bus_connection.OVERLAP_SECONDS", 0.5)
    query = query_id("crm", "order-42")

    async def tell() -> None:
        for n in range(TOKENS):
            token = QueryStreamed(query=query, client="crm", kind="token", text=f"{n} ", n=n, attempt=1)
            await place.gateway.publish_ephemeral(token)
            await asyncio.sleep(10 / TOKENS)
        await place.answer(query)

    async with place.client() as crm:
        connections = {crm._connection._client}
        telling = asyncio.create_task(tell())
        heard = []
        async for piece in crm.stream("How long?", key="order-42"):
            connections.add(crm._connection._client)
            if isinstance(piece, QueryStreamed):
                heard.append(piece.text)
        await telling
        assert crm._connection.last_error == ""
    assert heard == [f"{n} " for n in range(TOKENS)]
    assert len(connections) >= 4


async def test_a_login_is_renewed_at_seventy_percent_of_its_life(place: Place) -> None:
    async with place.client() as crm:
        assert crm._connection._renew_after is not None
        assert LIFE * 0.4 < crm._connection._renew_after <= LIFE * 0.7


async def test_a_callout_that_is_away_longer_than_a_login_lives_costs_time_and_no_question(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, back, admitted = query_id("crm", "order-43"), asyncio.Event(), BusAccounts.place

    async def hang(*given: Any) -> Any:
        await back.wait()
        return await admitted(*given)

    async with place.client() as crm:
        monkeypatch.setattr(BusAccounts, "place", hang)
        async with asyncio.timeout(30):
            await crm._connection._closed.wait()  # the server ends the login when its time is over
        asking = asyncio.create_task(crm.ask("How long?", key="order-43", timeout=40))
        back.set()
        async with asyncio.timeout(30):
            await crm._connection._connected.wait()
        await place.answer(query)
        assert (await asking).answer == "done"  # its question was stored before: `ask` waits for that
