"""The follower of Keycloak's directory does not end, whatever Keycloak says."""

import asyncio
from typing import Any, cast

import httpx
import pytest

from services.auth.directory import follower as module
from services.auth.directory.follower import Follower
from services.auth.directory.keycloak_directory import KeycloakDirectory
from services.auth.directory.sync import DirectorySync
from services.auth.oidc.keys import IssuerKeys
from services.auth.settings import OidcSettings
from shared.background import background


class Directory:
    """A realm without people whose first reply is nonsense."""

    def __init__(self) -> None:
        self.asked, self.read, self.hangs = 0, asyncio.Event(), asyncio.Event()

    async def newest(self) -> int:
        self.asked += 1
        if self.asked == 1:
            raise KeyError("time")
        return 0

    async def account(self, subject: str) -> None:
        self.asked += 1
        await self.hangs.wait()

    async def groups(self) -> dict[str, str]:
        return {}

    async def accounts(self) -> list[Any]:
        return []

    async def missing(self) -> list[str]:
        self.read.set()
        return []


class Sync:
    def __init__(self) -> None:
        self.problems: dict[str, str] = {}

    async def apply(self, *_: Any, **__: Any) -> None:
        return


def following(directory: Directory) -> Follower:
    settings = OidcSettings(issuer="http://login.example/realms/cloister", directory_events_seconds=0.01)
    keys = IssuerKeys(settings, httpx.AsyncClient())
    return Follower(settings, cast(KeycloakDirectory, directory), cast(DirectorySync, Sync()), keys)


async def test_a_reply_that_cannot_be_read_is_told_and_the_directory_is_read_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    directory = Directory()
    follower = following(directory)
    async with asyncio.timeout(10), background(follower.follow()):
        await directory.read.wait()
    assert "Keycloak's directory says what cannot be read: KeyError('time')." in caplog.messages


async def test_who_is_not_known_is_refused_soon_while_keycloak_hangs_and_at_once_after_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LEARN_SECONDS", 0.01)
    directory = Directory()
    directory.asked = 1  # its first reply, which is nonsense, is behind
    follower = following(directory)
    await follower.full()
    follower.trouble = ""
    before = directory.asked
    async with asyncio.timeout(5):
        assert not await follower.learn("one")
        assert "cannot be read" in follower.trouble
        assert not await follower.learn("another")
    assert directory.asked == before + 1
