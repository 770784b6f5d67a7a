"""Resolves a credential to a person, a business system, or a system acting for a person."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from services.auth.accounts.directory import App, Directory, OwnKey, Person, Secret
from services.auth.accounts.repository import Accounts
from services.auth.credentials.front_ends import named_person
from services.auth.credentials.origins import comes_from
from services.auth.credentials.tokens import PREFIX, Login, Tokens, digest
from services.auth.directory.federation import Federation
from services.auth.errors import unauthenticated
from services.auth.oidc.resolution import UnknownPerson
from services.auth.rights.ban import check_ban
from shared.errors import Refused
from shared.events import Action, Credential, Principal

BEHALF = "`on_behalf_of` must be a person's login token, sent by a business system. Sign in again, or leave it out."
ENDED = "This sign-in was ended: by signing out, a new password, a lock or an administrator. Sign in again."
ELSEWHERE = "This key may not be used from {0}. Ask an administrator to add the page or network to its origins."


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls; `through` is the business system that speaks for them, `key` their own that they call with.

    `credential` is what proved it, `ends` when that runs out (seconds since 1970).
    """

    who: Person | App
    through: App | None = None
    credential: str = ""
    ends: int | None = None
    key: OwnKey | None = None

    @property
    def principal(self) -> Principal:
        """A person seen through a system or a key keeps their name and loses their roles."""
        bare = self.through or self.key
        return self.who.principal.model_copy(update={"roles": ()}) if bare else self.who.principal

    @property
    def signed_in(self) -> Person | None:
        """The person, if they signed in themselves: no business system speaks for them, and no key."""
        return self.who if isinstance(self.who, Person) and not (self.through or self.key) else None

    @property
    def roles(self) -> tuple[str, ...]:
        return self.principal.roles

    def keys_without(self, action: Action) -> list[App | OwnKey]:
        """The keys of this call whose scopes lack an action."""
        keys = (self.key, self.through, self.who if isinstance(self.who, App) else None)
        return [key for key in keys if key and action not in key.scopes]

    def allowed(self, directory: Directory, action: Action) -> frozenset[str]:
        """The workspaces in which they may; through a system, only where both may."""
        mine = directory.allowed(self.who, action)
        if self.key:
            mine = self.key.narrowed(mine, action)
        return mine & directory.allowed(self.through, action) if self.through else mine

    def summarised(self, directory: Directory) -> frozenset[str]:
        """The workspaces of which they may have summaries alone."""
        mine = directory.allowed(self.who, "summarise") | directory.allowed(self.who, "ask")
        if self.key:
            mine = self.key.narrowed(mine, "ask")
        if self.through:
            mine &= directory.allowed(self.through, "summarise") | directory.allowed(self.through, "ask")
        return mine - self.allowed(directory, "ask")


class Callers:
    """Checks credentials against the accounts as they are: ours, and tokens of the company's issuer."""

    def __init__(
        self, tokens: Tokens, federation: Federation | None = None, front_ends: Mapping[str, str] | None = None
    ) -> None:
        """`front_ends`: the domain of addresses of each key that may say whom it speaks for."""
        self._tokens, self._federation, self._front_ends = tokens, federation, front_ends or {}

    async def present(
        self, accounts: Accounts, credential: Credential, on_behalf_of: str = ""
    ) -> tuple[Directory, Caller]:
        """Who it is, as of now. Keycloak is asked about somebody who is not known yet."""
        directory = await accounts.current()
        try:
            return directory, await self.caller(directory, credential, on_behalf_of)
        except UnknownPerson as stranger:
            if self._federation is None or not await self._federation.follower.learn(stranger.subject):
                raise
        directory = await accounts.current()
        return directory, await self.caller(directory, credential, on_behalf_of)

    async def caller(self, directory: Directory, credential: Credential, on_behalf_of: str = "") -> Caller:
        """Who it is; `Refused` (401, 403) when it proves nobody, or somebody other than it claims."""
        found = await self._found(directory, credential)
        if credential.user_id and credential.user_id not in (found.who.name, found.principal.id):
            raise Refused("not_yours", "The token or key belongs to somebody other than `user_id`. Send your own.", 403)
        check_ban(directory.bans, found.principal.id)
        if isinstance(found.who, App) and found.who.name in self._front_ends:
            if credential.speaks_for:
                person = named_person(directory, self._front_ends, found.who.name, credential.speaks_for)
                check_ban(directory.bans, person.principal.id)
                return Caller(person, found.who, found.credential, found.ends)
            on_behalf_of = on_behalf_of or credential.on_behalf_of
        if not on_behalf_of:
            return found
        bearer = await self._bearer(directory, on_behalf_of)
        if not isinstance(found.who, App) or bearer is None or not isinstance(bearer.who, Person):
            raise Refused("unauthenticated", BEHALF, 401)
        check_ban(directory.bans, bearer.principal.id)
        return Caller(bearer.who, found.who, found.credential, found.ends)

    def owner(self, directory: Directory, owner: str) -> Caller:
        """A person or system by name, for what they set up earlier; `Refused` (403) when they are gone."""
        kind, _, name = owner.partition(":")
        found: Person | App | None = directory.people.get(name) if kind == "person" else alive(directory.apps.get(name))
        if found is None:
            raise Refused("forbidden", f"{owner} has no account any more. Remove what it set up.", 403)
        return Caller(found)

    async def _found(self, directory: Directory, credential: Credential) -> Caller:
        if credential.client:
            found = None if credential.token else _connected(directory, credential)
        elif credential.token.startswith(PREFIX):
            found = _keyed(directory, credential)
        else:
            found = await self._bearer(directory, credential.token)
        if found is None:
            raise unauthenticated()
        return found

    async def _bearer(self, directory: Directory, token: str) -> Caller | None:
        """Whose login token it is: one of ours, or one of the company's issuer."""
        if (login := self._tokens.login(token)) and (person := _signed_in(directory, login)):
            return Caller(person, credential=f"session:{login.session}" if login.session else "")
        if self._federation is None:
            return None
        found = await self._federation.tokens.whose(directory, token)
        if isinstance(found, Person):
            session = (await self._federation.tokens.identity(token)).session
            return Caller(found, credential=f"session:{session}" if session else "")
        return Caller(found, ends=found.expires_at) if alive(found) else None


def _signed_in(directory: Directory, login: Login) -> Person | None:
    """Whose genuine login token it is; `Refused` (401) when its sign-in was ended."""
    person = directory.people.get(login.username)
    if person and (login.session in directory.ended_sessions or person.uid != login.uid):
        raise Refused("sign_in_over", ENDED, 401)
    return person


def key_of(directory: Directory, key: str) -> tuple[App, Secret] | None:
    """The system whose key it is, while key and secret are valid."""
    app, secret = directory.by_digest.get(digest(key), (None, None))
    if app is None or secret is None or not alive(app) or _over(secret.expires_at):
        return None
    return app, secret


def alive(app: App | None) -> App | None:
    """The app, unless its key has run out."""
    return None if app is None or _over(app.expires_at) else app


def ends_of(app: App, secret: Secret) -> int | None:
    """When the key stops being valid."""
    return min((end for end in (app.expires_at, secret.expires_at) if end), default=None)


def _keyed(directory: Directory, credential: Credential) -> Caller | None:
    if (found := key_of(directory, credential.token)) is None:
        return _own(directory, credential.token)
    app, secret = found
    if not comes_from(app.origins, credential.origin, credential.address):
        where = credential.origin or credential.address or "here"
        raise Refused("wrong_origin", ELSEWHERE.format(where), 403)
    return Caller(app, credential=f"key:{secret.id}", ends=ends_of(app, secret))


def _own(directory: Directory, token: str) -> Caller | None:
    """Whose own key it is, while it is valid."""
    person, key = directory.by_own_key.get(digest(token), (None, None))
    if person is None or key is None or _over(key.expires_at):
        return None
    return Caller(person, credential=f"key:{key.id}", ends=key.expires_at, key=key)


def _connected(directory: Directory, credential: Credential) -> Caller | None:
    """A message from EDGE: its server has checked the name, and its place in the stream says of which key it is."""
    app = alive(directory.apps.get(credential.client))
    if app is None or not app.bus or 0 < credential.sequence <= app.asks_after:
        return None
    return Caller(app, ends=app.expires_at)


def _over(end: int | None) -> bool:
    return end is not None and end <= time.time()
