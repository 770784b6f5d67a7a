"""The connection to Keycloak: keys, tokens and directory. Opened when CLOISTER_ISSUER is set."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from services.auth.accounts.directory import Directory
from services.auth.accounts.repository import Accounts
from services.auth.directory.follower import Follower
from services.auth.directory.keycloak_directory import FAILURES, KeycloakDirectory, words
from services.auth.directory.sync import DirectorySync
from services.auth.oidc.access_tokens import AccessTokens
from services.auth.oidc.ended_sessions import EndedSessions
from services.auth.oidc.kept_keys import KeptKeys
from services.auth.oidc.keys import IssuerKeys
from services.auth.oidc.resolution import IdentityResolver
from services.auth.settings import OidcSettings
from shared.background import background
from shared.errors import Unavailable
from shared.events import DirectoryState

SECONDS = 3.0


class Federation:
    """`tokens` tells whose a token is; `follower` keeps the tables in step."""

    def __init__(self, settings: OidcSettings, accounts: Accounts, http: httpx.AsyncClient) -> None:
        self.settings, self.http = settings, http
        self.keys = IssuerKeys(settings, http, KeptKeys(accounts.database, settings.issuer))
        self.tokens = IdentityResolver(settings, AccessTokens(settings, self.keys))
        self.sessions = EndedSessions(accounts)
        self.directory = KeycloakDirectory(settings)
        self.follower = Follower(settings, self.directory, DirectorySync(accounts), self.keys)

    async def read_again(self) -> None:
        """Everybody, now; `Unavailable` in words when that cannot be."""
        try:
            await self.follower.full()
        except FAILURES as error:
            raise Unavailable(words(error, self.settings.client), "issuer_unavailable") from error

    def state(self, known: Directory) -> DirectoryState:
        """How the company's directory is, beside the accounts as they are."""
        return DirectoryState(
            issuer=self.settings.issuer,
            people=len(known.by_subject),
            groups=len(self.follower.groups),
            full_at=self.follower.read_at,
            problems=tuple(self.problems()),
        )

    def problems(self) -> list[str]:
        """What is wrong with Keycloak or its realm now, in words."""
        return [problem for problem in (self.keys.problem, *self.follower.problems()) if problem]


@asynccontextmanager
async def federated(settings: OidcSettings, accounts: Accounts) -> AsyncIterator[Federation | None]:
    """Running beside the service; an issuer that does not answer stops nothing."""
    if not settings.issuer:
        yield None
        return
    async with httpx.AsyncClient(timeout=SECONDS) as http:
        made = Federation(settings, accounts, http)
        await made.keys.fetch()
        try:
            async with background(made.keys.renew(), made.follower.follow()):
                yield made
        finally:
            await made.directory.close()
