"""Auth on a real bus: requests answered, events kept, and business systems let in to their own subjects alone."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from pydantic import SecretStr

from services.auth.handlers import service
from services.auth.settings import AuthSettings
from shared.bus import Bus, Delivery, Service
from shared.bus.connection import settled
from shared.bus.runtime import running
from shared.errors import Refused
from shared.events import Admit, Create, Credential, List, Remove, SignIn
from tests.servers.bus import Server, nats_server

PASSWORD = "correct horse battery"
CONNECTIONS = 20  # that a name may have at once


@dataclass
class Here:
    """The bus, and the gateway's connection to it."""

    server: Server
    bus: Bus
    admin: Credential

    async def make(self, kind: Any, **fields: Any) -> dict[str, Any]:
        found: dict[str, Any] = (await self.bus.request(Create(credential=self.admin, kind=kind, fields=fields))).fields
        return found

    @asynccontextmanager
    async def client(self, name: str, password: str, errors: list[str]) -> AsyncIterator[Client]:
        async def keep(error: Exception) -> None:
            errors.append(str(error))

        connection = await nats.connect(
            self.server.url, user=name, password=password, error_cb=keep, allow_reconnect=False,
            inbox_prefix=f"_INBOX_{name}".encode(),
        )  # fmt: skip
        try:
            yield connection
        finally:
            await connection.close()


@pytest.fixture
async def here(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Here]:
    with nats_server(tmp_path) as server:
        settings = server.settings
        for module in ("context", "handlers", "accounts.commands.api_keys"):
            monkeypatch.setattr(f"services.auth.{module}.settings", lambda: settings)
        own = AuthSettings(admin_password=SecretStr(PASSWORD))
        monkeypatch.setattr("services.auth.context.auth_settings", lambda: own)
        async with running(service, settings), running(Service("gateway"), settings) as gateway:
            signed = await gateway.request(SignIn(username="admin", password=PASSWORD))
            yield Here(server, gateway, Credential(token=signed.access_token))


async def test_the_gateway_s_requests_are_answered_and_refused_in_words(here: Here) -> None:
    await here.make("workspace", name="finance", title="财务")
    until = datetime.now(UTC) + timedelta(minutes=1)
    admitted = await here.bus.request(Admit(query="q", credential=here.admin, workspace="finance", expires_at=until))
    assert admitted.workspaces == ("finance",)
    assert (await here.bus.request(List(credential=here.admin, kind="me"))).items[0].fields["id"] == "person:admin"
    with pytest.raises(Refused) as found:
        await here.bus.request(Admit(query="q", credential=Credential(token="x"), expires_at=until))
    assert (found.value.reason, found.value.status) == ("unauthenticated", 401)


async def test_acts_and_sign_ins_are_kept_in_the_audit_stream(here: Here) -> None:
    await here.make("workspace", name="finance")
    kept: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
    audit = Service("audit")

    @audit.consume_batch("AUDIT")
    async def keep(batch: list[Delivery]) -> None:
        for message in batch:
            kept.put_nowait((message.subject, message.data))

    async with running(audit, here.server.settings):
        found = [await kept.get() for _ in range(4)]
    acts = [json.loads(data)["act"] for subject, data in found if subject == "access.changed.v1"]
    assert acts == ["user.created", "workspace.created", "grant.created"]
    assert [json.loads(data)["outcome"] for subject, data in found if subject == "access.attempted.v1"] == ["signed_in"]


async def test_a_business_system_asks_for_itself_and_hears_itself_alone(here: Here) -> None:
    await here.make("workspace", name="finance")
    key = (await here.make("key", name="crm", workspaces=["finance"], bus=True))["key"]
    errors: list[str] = []
    async with here.client("crm", key, errors) as crm:
        acknowledged = await crm.jetstream().publish("ask.crm", b'{"question": "?"}', timeout=5)
        assert acknowledged.stream == "ASKS"
        heard = await crm.subscribe("answered.crm.>")
        for subject in ("answered.hr.>", "answered.>", "query.>", ">", "_INBOX_hr.>"):
            await crm.subscribe(subject)
        await crm.publish("ask.hr", b"{}")
        await crm.publish("query.asked.v1", b"{}")
        await settled(crm)
        assert heard.pending_msgs == 0
    assert len([error for error in errors if "permissions violation" in error.lower()]) == 7


async def test_a_wrong_a_foreign_and_a_removed_key_are_not_let_in(here: Here) -> None:
    await here.make("workspace", name="finance")
    key = (await here.make("key", name="crm", workspaces=["finance"], bus=True))["key"]
    await here.bus.request(Remove(credential=here.admin, kind="key", name="crm"))
    other = (await here.make("key", name="erp", workspaces=["finance"], bus=True))["key"]
    for name, password in (("crm", key), ("crm", other), ("erp", "ck_wrong"), ("admin", PASSWORD)):
        with pytest.raises(nats.errors.Error, match="Authorization"):
            async with here.client(name, password, []):
                pass


async def test_many_systems_come_back_at_once(here: Here) -> None:
    await here.make("workspace", name="finance")
    key = (await here.make("key", name="crm", workspaces=["finance"], bus=True))["key"]

    async def come() -> None:
        async with here.client("crm", key, []) as crm:
            await crm.flush()

    await asyncio.gather(*(come() for _ in range(CONNECTIONS)))
