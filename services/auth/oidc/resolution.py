"""Resolves a token to a person of our tables. Rights come from the tables, never from the token."""

import logging

from services.auth.accounts.directory import App, Directory, Person
from services.auth.errors import unauthenticated
from services.auth.oidc.access_tokens import AccessTokens, Identity
from services.auth.settings import OidcSettings
from shared.errors import Refused

log = logging.getLogger(__name__)


class UnknownPerson(Refused):
    """A genuine token of a person whom the directory has not brought yet."""

    def __init__(self, subject: str) -> None:
        words = (
            "You are signed in, and Cloister does not know you: the account is disabled, or its name cannot be used."
        )
        super().__init__("unknown_account", f"{words} Ask an administrator to look at `cloister doctor`.", 401)
        self.subject = subject


class IdentityResolver:
    """Finds people by Keycloak's own id, and business systems by the client that the token was made for."""

    def __init__(self, settings: OidcSettings, tokens: AccessTokens) -> None:
        self._settings, self._tokens = settings, tokens

    async def person(self, directory: Directory, token: str) -> Person:
        """Whose token it is; `Refused` (401) for a business system's own."""
        found = await self.whose(directory, token)
        if isinstance(found, App):
            raise unauthenticated()
        return found

    async def whose(self, directory: Directory, token: str) -> Person | App:
        """Who may come with it; `UnknownPerson` when the directory should be asked first."""
        return self._known(directory, await self._tokens.read(token))

    async def identity(self, token: str) -> Identity:
        """What the token says, for who needs its end or its client."""
        return await self._tokens.read(token)

    def _known(self, directory: Directory, identity: Identity) -> Person | App:
        if identity.session in directory.ended_sessions:
            raise Refused("sign_in_over", "The sign-in that this token is of has ended. Sign in again.", 401)
        app = directory.apps.get(identity.client)
        if identity.service:
            if app is None:
                raise _no_key(identity.client)
            return app
        if app is None and identity.client not in self._settings.known_clients:
            words = f"The token was made for the client {identity.client[:64]!r}. Add it to CLOISTER_CLIENTS if it may."
            log.warning("a token is refused: %s", words)
            raise Refused("token_refused", words, 401)
        person = directory.by_subject.get(identity.subject)
        if person is None:
            raise UnknownPerson(identity.subject)
        return person


def _no_key(client: str) -> Refused:
    words = (
        f"Cloister knows no business system {client[:64]!r}. Make it: `cloister keys add {client[:64]} -w WORKSPACE`."
    )
    log.warning("a token is refused: %s", words)
    return Refused("unknown_account", words, 401)
