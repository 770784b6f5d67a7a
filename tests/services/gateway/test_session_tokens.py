"""A browser's access token: renewed before it ends, once for many calls, and used to its end while Keycloak is away."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from services.gateway.sessions.credentials import SessionTokens
from services.gateway.sessions.repository import BrowserSession, BrowserSessions
from services.gateway.sessions.sealing import Sealer
from shared.errors import Refused, Unavailable
from shared.events import RenewSignIn, SignInTokens
from shared.settings import Settings
from shared.sql.database import Database


class Auth:
    """Renews, or says why not."""

    def __init__(self) -> None:
        self.asked: list[RenewSignIn] = []
        self.problem: Refused | None = None

    async def request(self, asked: RenewSignIn, timeout: float = 5) -> SignInTokens:  # noqa: ASYNC109
        self.asked.append(asked)
        await asyncio.sleep(0.01)
        if self.problem:
            raise self.problem
        return SignInTokens(
            access_token=f"access-{len(self.asked)}", expires_in=300, refresh_token="r2", refresh_expires_in=1800,
            principal="person:alice",
        )  # fmt: skip


@pytest.fixture
async def sessions(tmp_path: Path) -> AsyncIterator[BrowserSessions]:
    (tmp_path / "sessions.key").write_bytes(Fernet.generate_key())
    async with Database.opened("gateway", Settings(home=tmp_path)) as database:
        yield BrowserSessions(database, Sealer(tmp_path / "sessions.key"))


async def begun(sessions: BrowserSessions, lives: float) -> tuple[str, BrowserSession]:
    tokens: dict[str, Any] = {"access": "access-0", "refresh": "r1", "ends": int(time.time() + lives)}
    return await sessions.begin("person:alice", "company", tokens, 1800)


async def test_a_token_that_lives_is_used_and_one_that_ends_soon_is_renewed(sessions: BrowserSessions) -> None:
    auth = Auth()
    tokens = SessionTokens(auth, sessions)  # type: ignore[arg-type]
    assert await tokens.access(*await begun(sessions, 300)) == "access-0"
    cookie, session = await begun(sessions, 5)
    assert await tokens.access(cookie, session) == "access-1"
    kept = await sessions.find(cookie)
    assert kept is not None
    assert (kept.tokens["access"], kept.tokens["refresh"]) == ("access-1", "r2")


async def test_calls_that_come_together_renew_once(sessions: BrowserSessions) -> None:
    auth = Auth()
    tokens = SessionTokens(auth, sessions)  # type: ignore[arg-type]
    cookie, session = await begun(sessions, 5)
    found = await asyncio.gather(*(tokens.access(cookie, session) for _ in range(20)))
    assert set(found) == {"access-1"}
    assert len(auth.asked) == 1


async def test_while_keycloak_is_away_the_token_is_used_to_its_end_and_the_session_stays(
    sessions: BrowserSessions,
) -> None:
    auth = Auth()
    auth.problem = Unavailable("Keycloak does not answer.", "issuer_unavailable")
    tokens = SessionTokens(auth, sessions)  # type: ignore[arg-type]
    assert await tokens.access(*await begun(sessions, 5)) == "access-0"
    cookie, over = await begun(sessions, -1)
    with pytest.raises(Unavailable):
        await tokens.access(cookie, over)
    auth.problem = None
    assert (await tokens.access(cookie, over)).startswith("access-")


async def test_a_sign_in_that_ended_at_keycloak_ends_the_session(sessions: BrowserSessions) -> None:
    auth = Auth()
    auth.problem = Refused("sign_in_over", "Over.", 401)
    tokens = SessionTokens(auth, sessions)  # type: ignore[arg-type]
    cookie, session = await begun(sessions, 5)
    with pytest.raises(Refused, match="sign-in has ended"):
        await tokens.access(cookie, session)
    assert await sessions.find(cookie) is None


async def test_another_key_opens_no_session_and_a_session_that_ran_out_is_none(
    sessions: BrowserSessions, tmp_path: Path
) -> None:
    cookie, _ = await begun(sessions, 300)
    assert await sessions.find(cookie) is not None
    (tmp_path / "other.key").write_bytes(Fernet.generate_key())
    sessions.sealer = Sealer(tmp_path / "other.key")
    assert await sessions.find(cookie) is None
    over, _ = await sessions.begin("person:alice", "password", {"access": "a"}, -1)
    assert await sessions.find(over) is None
