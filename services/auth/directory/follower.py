"""Follows Keycloak: admin events twice a second, a full pass each hour and on demand."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

from services.auth.directory.keycloak_directory import FAILURES, KeycloakDirectory, words
from services.auth.directory.names import Groups
from services.auth.directory.sync import DirectorySync
from services.auth.oidc.keys import IssuerKeys
from services.auth.settings import OidcSettings
from shared.errors import Refused

log = logging.getLogger(__name__)
LONGEST_PAUSE = 2.0
STRANGERS = 10_000
STRANGER_SECONDS = 10.0
LEARN_SECONDS = 2.0  # a caller waits for it, and for five seconds at most in all
PERSONAL = {"USER", "GROUP_MEMBERSHIP", "REALM_ROLE_MAPPING", "CLIENT_ROLE_MAPPING"}
KEYS = {"COMPONENT", "REALM"}
GENERAL = {"GROUP", "REALM_ROLE", "COMPONENT", "REALM"}


class Follower:
    """`trouble` says in words why Keycloak's directory cannot be read now."""

    def __init__(
        self, settings: OidcSettings, directory: KeycloakDirectory, sync: DirectorySync, keys: IssuerKeys
    ) -> None:
        self._settings, self._directory, self._sync, self._keys = settings, directory, sync, keys
        self.groups: Groups = {}
        self.read_at: int | None = None
        self._since = 0
        self._full_at = float("-inf")
        self._asked: dict[str, float] = {}
        self._passing = asyncio.Lock()
        self.trouble = "Keycloak's directory has not been read yet."
        self.lacks: list[str] = []

    def problems(self) -> list[str]:
        """What an administrator should look at, worst first."""
        return [problem for problem in (self.trouble, *self.lacks, *self._sync.problems.values()) if problem]

    async def follow(self) -> None:
        """For ever; while Keycloak is away, what is known goes on to hold."""
        pause = self._settings.directory_events_seconds
        while True:
            try:
                await self._turn()
                self._report_problem("")
                pause = self._settings.directory_events_seconds
            except FAILURES as error:
                self._report_problem(words(error, self._settings.client))
                pause = min(pause * 2, LONGEST_PAUSE)
            except Refused as refused:  # our own tables are away
                self._report_problem(refused.error)
            except Exception as error:  # a follower that ended would not hear of leavers any more
                log.exception("the directory could not be read and is tried again")
                self._report_problem(f"Keycloak's directory says what cannot be read: {error!r}.")
                pause = min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def full(self) -> None:
        """Everybody, now; one pass at a time."""
        async with self._passing:
            newest = await self._directory.newest()
            self.groups = await self._directory.groups()
            await self._sync.apply(await self._directory.accounts(), self.groups, whole=True)
            self.lacks = await self._directory.missing()
            for problem in (*self.lacks, *self._sync.problems.values()):
                log.warning("%s", problem)
            self._since, self._full_at, self.read_at = max(self._since, newest), time.monotonic(), int(time.time())

    async def learn(self, subject: str) -> bool:
        """Ask for one person now, unless Keycloak is away; a stranger is asked for every ten seconds at most."""
        now = time.monotonic()
        if self.trouble and self.read_at is not None:
            return False
        if now - self._asked.get(subject, float("-inf")) < STRANGER_SECONDS:
            return False
        if len(self._asked) >= STRANGERS:
            self._asked.clear()
        self._asked[subject] = now
        try:
            async with asyncio.timeout(LEARN_SECONDS):
                await self._one(subject)
        except FAILURES as error:
            self._report_problem(words(error, self._settings.client))
            return False
        return True

    async def _turn(self) -> None:
        if time.monotonic() - self._full_at >= self._settings.directory_full_seconds:
            await self.full()
            return
        events = await self._directory.events(self._since + 1)
        kinds = {str(event.get("resourceType")) for event in events}
        if kinds & KEYS:
            await self._keys.fetch()
        if kinds & GENERAL or len(events) >= 200:
            await self.full()
        else:
            for subject in dict.fromkeys(filter(None, map(_subject, events))):
                await self._one(subject)
        if events:
            self._since = max(self._since, int(events[-1]["time"]))

    async def _one(self, subject: str) -> None:
        account = await self._directory.account(subject)
        if account is None:
            await self._sync.gone(subject)
            return
        if not set(account.groups) <= self.groups.keys():
            self.groups = await self._directory.groups()
        await self._sync.apply([account], self.groups, whole=False)

    def _report_problem(self, trouble: str) -> None:
        if trouble != self.trouble:
            log.warning("%s", trouble or "Keycloak's directory is read again.")
        self.trouble, self._keys.followed = trouble, not trouble


def _subject(event: Mapping[str, Any]) -> str:
    """Whom an act was about: `users/<id>/…`."""
    parts = str(event.get("resourcePath", "")).split("/")
    return parts[1] if event.get("resourceType") in PERSONAL and parts[0] == "users" and len(parts) > 1 else ""
