"""What the auth callout answers to a server."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from infra.nats.keys import public_key
from services.auth.bus import nkeys
from services.auth.bus.bus_accounts import permissions
from tests.services.auth.running import AuthService, auth_service

USER_NKEY = nkeys.text(nkeys.USER, bytes(range(32)))
OWN_LOGIN = "$SYS.REQ.USER.INFO"  # a connection learns of itself alone
MIRROR = {
    "$JS.API.STREAM.INFO.AUDIT_MIRROR",
    "$JS.API.DIRECT.GET.AUDIT_MIRROR",
    "$JS.API.DIRECT.GET.AUDIT_MIRROR.>",
}


@dataclass
class Server:
    """A server's side of the protocol."""

    service: AuthService
    signing: SigningKey
    box: PrivateKey

    @property
    def name(self) -> str:
        return nkeys.text(nkeys.SERVER, bytes(self.signing.verify_key))

    @property
    def xkey(self) -> str:
        return nkeys.text(nkeys.CURVE, bytes(self.box.public_key))

    @property
    def box_seed(self) -> str:
        return nkeys.text(18 << 3, bytes([0]) + bytes(self.box))  # any two bytes before the key

    @property
    def seed(self) -> str:
        return nkeys.text(18 << 3, bytes([0]) + bytes(self.signing))

    def request(self, user: str, password: str, **change: Any) -> bytes:
        about = {"server_id": {"id": self.name, "xkey": self.xkey}, "user_nkey": USER_NKEY}
        about |= {"client_info": {"host": "10.0.0.7"}, "connect_opts": {"user": user, "pass": password}}
        claims = {"iss": self.name, "aud": "nats-authorization-request", "exp": int(time.time()) + 2}
        claims |= {"nats": about} | change
        ours = public_key(self.service.home / "keys" / "callout.xkey.seed")
        return nkeys.seal(self.box_seed, ours, nkeys.sign(claims, self.seed).encode())

    async def ask(self, user: str, password: str, **change: Any) -> dict[str, Any]:
        """The content of the reply, its signature checked; `jwt` decoded too."""
        headers = {"Nats-Server-Xkey": self.xkey}
        reply = await self.service.callout.answer(self.request(user, password, **change), headers)
        ours = public_key(self.service.home / "keys" / "callout.xkey.seed")
        claims = nkeys.verified(nkeys.unseal(self.box_seed, ours, reply).decode(), nkeys.ACCOUNT)
        assert (claims["aud"], claims["sub"]) == (self.name, USER_NKEY)
        assert claims["nats"]["type"] == "authorization_response"
        found: dict[str, Any] = claims["nats"]
        return found | ({"jwt": nkeys.verified(found["jwt"], nkeys.ACCOUNT)} if "jwt" in found else {})


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with auth_service(tmp_path) as here:
        yield Server(here, SigningKey.generate(), PrivateKey.generate())


@pytest.fixture
async def key(server: Server) -> str:
    admin = await server.service.sign_in()
    await server.service.make(admin, "workspace", name="finance")
    made = await server.service.make(admin, "key", name="crm", workspaces=["finance"], bus=True)
    return str(made["key"])


async def test_a_key_for_the_bus_is_a_user_of_edge_with_its_own_subjects_alone(server: Server, key: str) -> None:
    user = (await server.ask("crm", key))["jwt"]
    assert (user["aud"], user["name"], user["sub"], user["nats"]["type"]) == ("EDGE", "crm", USER_NKEY, "user")
    assert user["nats"]["pub"]["allow"] == ["ask.crm", "recall.crm", "signal.crm", OWN_LOGIN]
    assert user["nats"]["sub"]["allow"] == ["answered.crm.>", "stream.crm.>", "_INBOX_crm.>"]
    assert user["iss"] == public_key(server.service.home / "keys" / "callout.issuer.seed")
    assert 3500 < user["exp"] - time.time() <= 3600


async def test_the_right_to_be_there_ends_with_the_key(server: Server, key: str) -> None:
    admin, soon = await server.service.sign_in(), datetime.now(UTC) + timedelta(minutes=5)
    brief = await server.service.make(
        admin, "key", name="brief", workspaces=["finance"], bus=True, expires=soon.isoformat()
    )
    assert (await server.ask("brief", brief["key"]))["jwt"]["exp"] == int(soon.timestamp())


async def test_an_auditor_is_a_user_of_soc(server: Server) -> None:
    admin = await server.service.sign_in()
    await server.service.person(admin, "dora", roles=["auditor"])
    user = (await server.ask("dora", "dora has a long password"))["jwt"]
    assert user["aud"] == "SOC"
    assert user["nats"]["sub"]["allow"] == ["_INBOX_dora.>"]
    # The mirror may be looked at and read, by a durable of one's own name; nothing creates, changes or deletes.
    commands = {subject.split(".AUDIT_MIRROR")[0] for subject in user["nats"]["pub"]["allow"]}
    readings = {"STREAM.INFO", "DIRECT.GET", "CONSUMER.INFO", "CONSUMER.MSG.NEXT"}
    assert commands == {*(f"$JS.API.{act}" for act in readings), "$JS.ACK", OWN_LOGIN}


async def test_everybody_else_is_refused(server: Server, key: str) -> None:
    admin = await server.service.sign_in()
    await server.service.person(admin, "erin")
    await server.service.person(admin, "fay.x", roles=["auditor"])
    http = await server.service.make(admin, "key", name="http", workspaces=["finance"])
    tries = [
        ("crm", "ck_wrong"), ("hr", key), ("crm", ""), ("", key), ("*", key), (">", key), ("crm.>", key),
        ("gateway", key),
        ("http", http["key"]), ("erin", "erin has a long password"), ("fay.x", "fay.x has a long password"),
        ("admin", "wrong"), ("socadmin", "socadmin"), ("sys", "sys"),
    ]  # fmt: skip
    for user, password in tries:
        assert await server.ask(user, password) == {
            "error": "not authorized", "type": "authorization_response", "version": 2
        }, user  # fmt: skip


async def test_a_request_that_is_old_or_of_another_kind_is_not_answered(server: Server, key: str) -> None:
    for change in ({"exp": 1}, {"aud": "something else"}):
        with pytest.raises(ValueError, match="too old"):
            await server.ask("crm", key, **change)


def test_the_policy_never_gives_empty_rights() -> None:
    for account in ("EDGE", "SOC"):
        found = permissions(account, "crm")
        assert found["pub"]["allow"]
        assert found["sub"]["allow"]
        shared = {s for s in found["pub"]["allow"] + found["sub"]["allow"] if "crm" not in s}
        assert shared <= {OWN_LOGIN, *MIRROR}, account
