"""Accounts in PostgreSQL: the same answers as from SQLite, and two replicas that see each other's acts."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from services.auth.accounts.repository import Accounts
from shared.errors import Refused
from shared.events import Credential
from shared.settings import Settings
from shared.sql.database import Database
from tests.servers.postgres import postgres
from tests.services.auth.running import auth_service
from tests.services.auth.seeding import seeded

__all__ = ["postgres"]
pytestmark = pytest.mark.postgres


@pytest.fixture
async def url(postgres: str) -> str:
    database = Database("auth", Settings(database_url=postgres))
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA IF EXISTS auth CASCADE"))
    await database.close()
    return postgres


async def test_people_systems_and_grants_are_kept_and_taken_away(tmp_path: Path, url: str) -> None:
    async with seeded(tmp_path, database_url=url) as auth:
        assert (await auth.service.admit(auth.alice)).workspaces == ("finance",)
        assert (await auth.service.admit(Credential(client="erp"))).principal.id == "app:erp"
        await auth.service.remove(auth.admin, "user", "alice")
        with pytest.raises(Refused):
            await auth.service.admit(auth.alice)
        assert "alice" not in [user["username"] for user in await auth.service.names(auth.admin, "user")]


async def test_two_replicas_never_give_one_name_twice(tmp_path: Path, url: str) -> None:
    async with auth_service(tmp_path, database_url=url) as first, auth_service(tmp_path, database_url=url) as second:
        admin = await first.sign_in()
        made = await asyncio.gather(
            *(one.make(admin, "workspace", name=f"w{n}") for n in range(5) for one in (first, second)),
            return_exceptions=True,
        )
        assert [one.reason for one in made if isinstance(one, Refused)] == ["exists"] * 5
        assert len([one for one in made if isinstance(one, dict)]) == 5


async def test_one_replica_sees_what_the_other_did(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.auth.accounts.repository.FRESH_SECONDS", 0)
    async with seeded(tmp_path, database_url=url) as auth:
        other = Accounts(auth.service.accounts.database, auth.service.accounts._outbox)
        assert "erp" in (await other.current()).apps
        await auth.service.remove(auth.admin, "key", "erp")
        assert "erp" not in (await other.current()).apps


async def test_two_first_starts_make_one_administrator(tmp_path: Path, url: str) -> None:
    async with auth_service(tmp_path, database_url=url) as first, auth_service(tmp_path, database_url=url):
        assert [user["username"] for user in await first.names(await first.sign_in(), "user")] == ["admin"]


async def test_denials_limits_secrets_and_leavers_are_the_same_there(tmp_path: Path, url: str) -> None:
    async with seeded(tmp_path, database_url=url) as auth:
        service, about = auth.service, {"workspace": "*", "to": "person:alice"}
        denied = await service.make(auth.admin, "grant", **about, actions=["ask"], deny=True)
        assert (await service.admit(auth.alice)).workspaces == ()
        await service.remove(auth.admin, "grant", denied["grant_id"])
        await service.make(auth.admin, "limit", to="group:finance", daily=1, days=[], zone="Asia/Shanghai")
        await service.admit(auth.alice, counted=True)
        with pytest.raises(Refused, match="Ask again from"):
            await service.admit(auth.alice, counted=True)
        rotated = await service.perform(auth.admin, "rotate", "erp", hours=1)
        for key in (auth.erp.token, rotated["key"]):
            assert (await service.admit(Credential(token=key))).workspaces == ("finance",)
        done = await service.perform(auth.admin, "offboard", "alice", to="bob")
        assert (done["locked"], done["to"]) == (True, "person:bob")
        with pytest.raises(Refused):
            await service.admit(auth.alice)
