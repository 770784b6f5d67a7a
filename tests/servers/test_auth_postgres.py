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
from tests.services.auth.running import furnished, office

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
    async with furnished(tmp_path, database_url=url) as house:
        assert (await house.office.admit(house.alice)).workspaces == ("finance",)
        assert (await house.office.admit(Credential(client="erp"))).principal.id == "app:erp"
        await house.office.remove(house.admin, "user", "alice")
        with pytest.raises(Refused):
            await house.office.admit(house.alice)
        assert "alice" not in [user["username"] for user in await house.office.names(house.admin, "user")]


async def test_two_replicas_never_give_one_name_twice(tmp_path: Path, url: str) -> None:
    async with office(tmp_path, database_url=url) as first, office(tmp_path, database_url=url) as second:
        admin = await first.sign_in()
        made = await asyncio.gather(
            *(one.make(admin, "workspace", name=f"w{n}") for n in range(5) for one in (first, second)),
            return_exceptions=True,
        )
        assert [one.reason for one in made if isinstance(one, Refused)] == ["exists"] * 5
        assert len([one for one in made if isinstance(one, dict)]) == 5


async def test_one_replica_sees_what_the_other_did(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.auth.accounts.repository.FRESH_SECONDS", 0)
    async with furnished(tmp_path, database_url=url) as house:
        other = Accounts(house.office.accounts.database, house.office.accounts._outbox)
        assert "erp" in (await other.current()).apps
        await house.office.remove(house.admin, "key", "erp")
        assert "erp" not in (await other.current()).apps


async def test_two_first_starts_make_one_administrator(tmp_path: Path, url: str) -> None:
    async with office(tmp_path, database_url=url) as first, office(tmp_path, database_url=url):
        assert [user["username"] for user in await first.names(await first.sign_in(), "user")] == ["admin"]


async def test_denials_limits_secrets_and_leavers_are_the_same_there(tmp_path: Path, url: str) -> None:
    async with furnished(tmp_path, database_url=url) as house:
        office, about = house.office, {"workspace": "*", "to": "person:alice"}
        denied = await office.make(house.admin, "grant", **about, actions=["ask"], deny=True)
        assert (await office.admit(house.alice)).workspaces == ()
        await office.remove(house.admin, "grant", denied["grant_id"])
        await office.make(house.admin, "limit", to="group:finance", daily=1, days=[], zone="Asia/Shanghai")
        await office.admit(house.alice, counted=True)
        with pytest.raises(Refused, match="Ask again from"):
            await office.admit(house.alice, counted=True)
        rotated = await office.perform(house.admin, "rotate", "erp", hours=1)
        for key in (house.erp.token, rotated["key"]):
            assert (await office.admit(Credential(token=key))).workspaces == ("finance",)
        done = await office.perform(house.admin, "offboard", "alice", to="bob")
        assert (done["locked"], done["to"]) == (True, "person:bob")
        with pytest.raises(Refused):
            await office.admit(house.alice)
