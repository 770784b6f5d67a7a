"""Passwords: the first one, right ones, wrong ones, and too many of them."""

import asyncio
import time
from pathlib import Path

import pytest

from services.auth.credentials.throttle import Throttle
from shared.errors import NotReady, Refused
from shared.events import AccessAttempted, Event, SignIn
from shared.security.capability import private_key
from shared.settings import Settings
from shared.sql.database import Database
from tests.services.auth.running import PASSWORD, AuthService, auth_service

WRONG = "not the password"


async def wrong(here: AuthService, name: str, password: str = WRONG) -> Refused:
    with pytest.raises(Refused) as found:
        await here.sign_in(name, password)
    return found.value


async def attempts(here: AuthService, count: int) -> list[tuple[str, str]]:
    """So many outcomes, once the outbox has sent them."""

    def found(events: list[Event]) -> list[tuple[str, str]] | None:
        told = [(event.who, event.outcome) for event in events if isinstance(event, AccessAttempted)]
        return told if len(told) >= count else None

    return await here.bus.until(found)


async def test_a_wrong_password_and_a_wrong_name_look_the_same(tmp_path: Path) -> None:
    async with auth_service(tmp_path) as here:
        password, name = await wrong(here, "admin"), await wrong(here, "nobody")
        assert (password.reason, password.error, password.status) == (name.reason, name.error, name.status)
        assert password.status == 401


async def test_every_try_is_told_without_names_that_are_nobody_s(tmp_path: Path) -> None:
    async with auth_service(tmp_path) as here:
        await wrong(here, "my secret password")
        await wrong(here, "admin")
        await here.sign_in()
        outcomes = await attempts(here, 3)
        assert outcomes == [("unknown", "refused"), ("person:admin", "refused"), ("person:admin", "signed_in")]


async def test_tries_that_come_together_are_all_told(tmp_path: Path) -> None:
    async with auth_service(tmp_path) as here:
        await asyncio.gather(*(wrong(here, f"nobody-{n}") for n in range(6)))
        assert len(await attempts(here, 6)) == 6


async def test_too_many_wrong_passwords_make_a_name_wait_even_for_the_right_one(tmp_path: Path) -> None:
    async with auth_service(tmp_path, free=2) as here:
        for _ in range(3):
            assert (await wrong(here, "admin")).status == 401
        found = await wrong(here, "admin", PASSWORD)
        assert (found.reason, found.status) == ("too_many_attempts", 429)
        assert "1 seconds" in found.error
        assert (await wrong(here, "nobody")).status == 401


async def test_each_wait_is_twice_the_one_before_and_a_right_password_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now, throttle, waits = [1000.0], Throttle(free=1, longest=5), []
    monkeypatch.setattr("services.auth.credentials.throttle.time.monotonic", lambda: now[0])

    async def outcome(right: bool) -> bool:
        return right

    for _ in range(5):
        await throttle.attempt("alice", "", lambda: outcome(False))
        waits.append(throttle._pairs[" alice"].until - now[0])
        now[0] += 10
    assert waits[1:] == [1, 2, 4, 5]
    assert await throttle.attempt("alice", "", lambda: outcome(True))
    assert throttle._pairs[" alice"].wrong == 0


async def test_many_names_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.auth.credentials.throttle.REMEMBERED", 10)
    throttle = Throttle(free=1, longest=5)

    async def no() -> bool:
        return False

    for n in range(50):
        await throttle.attempt(f"name-{n}", "", no)
    assert len(throttle._names) == len(throttle._pairs) == 10


async def test_a_token_says_how_long_it_lives(tmp_path: Path) -> None:
    async with auth_service(tmp_path) as here:
        signed = await here.sign_ins.sign_in(SignIn(username="admin", password=PASSWORD))
        login = here.tokens.login(signed.access_token)
        assert signed.expires_in == 60
        assert login is not None
        assert 50 < login.expires_at - time.time() <= 60


async def test_without_a_given_password_one_is_made_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    async with auth_service(tmp_path, password="") as here:
        path = tmp_path / "admin-password"
        assert path.stat().st_mode & 0o777 == 0o600
        assert await here.sign_in("admin", path.read_text().strip())


async def test_a_second_start_makes_no_second_administrator(tmp_path: Path) -> None:
    async with auth_service(tmp_path):
        pass
    async with auth_service(tmp_path, password="another long password") as here:
        assert await here.sign_in()
        assert (await wrong(here, "admin", "another long password")).status == 401


async def test_a_short_first_password_stops_the_start_without_showing_it(tmp_path: Path) -> None:
    with pytest.raises(NotReady) as found:
        async with auth_service(tmp_path, password="hunter2"):
            pass
    assert "CLOISTER_ADMIN_PASSWORD" in str(found.value)
    assert "hunter2" not in str(found.value)


async def test_a_stored_password_and_a_stored_key_cannot_be_read_back(tmp_path: Path) -> None:
    async with auth_service(tmp_path) as here:
        admin = await here.sign_in()
        await here.make(admin, "workspace", name="hr")
        key = (await here.make(admin, "key", name="crm", workspaces=["hr"]))["key"]
        kept = b"".join((tmp_path / name).read_bytes() for name in ("auth.db", "auth.db-wal"))
        assert PASSWORD.encode() not in kept
        assert key.encode() not in kept
        assert b"$argon2id$" in kept


async def test_the_tables_are_what_the_migration_makes(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from services.auth.tables import metadata

    database = Database("auth", Settings(home=tmp_path))
    await database.migrate()
    async with database.engine.connect() as connection:
        differ = await connection.run_sync(lambda c: compare_metadata(MigrationContext.configure(c), metadata))
    await database.close()
    assert [one for one in differ if "alembic_version" not in str(one)] == []


def test_auth_s_key_is_an_ed25519_key(tmp_path: Path) -> None:
    from infra.nats.keys import create_keys

    create_keys(tmp_path)
    assert private_key(tmp_path / "auth.key").curve_name == "Ed25519"
