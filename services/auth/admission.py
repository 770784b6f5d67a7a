"""Who a credential is, and what it may: the decision behind every call."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from joserfc.jwk import OKPKey

from services.auth.accounts.directory import App, Directory, Person
from services.auth.accounts.repository import Accounts
from services.auth.credentials.tokens import PREFIX, Tokens, digest
from services.auth.directory.federation import Federation
from services.auth.errors import unauthenticated, workspace_not_found
from services.auth.oidc.resolution import Stranger
from shared.capability import Right, sign
from shared.errors import Refused
from shared.events import Action, Admit, Admitted, Credential, Principal

LONGEST = timedelta(days=1, minutes=1)
BEHALF = "`on_behalf_of` must be a person's login token, sent by a business system. Sign in again, or leave it out."


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls; `through` is the business system that speaks for them."""

    who: Person | App
    through: App | None = None

    @property
    def principal(self) -> Principal:
        """A person seen through a system keeps their name and loses their roles."""
        return self.who.principal.model_copy(update={"roles": ()}) if self.through else self.who.principal

    @property
    def roles(self) -> tuple[str, ...]:
        return self.principal.roles

    def allowed(self, directory: Directory, action: Action) -> frozenset[str]:
        """The workspaces in which they may; through a system, only where both may."""
        mine = directory.allowed(self.who, action)
        return mine & directory.allowed(self.through, action) if self.through else mine


class Admission:
    """Decides on credentials, and signs the rights that follow from them."""

    def __init__(self, accounts: Accounts, tokens: Tokens, key: OKPKey, federation: Federation | None = None) -> None:
        self._accounts, self._tokens, self._key, self._federation = accounts, tokens, key, federation

    async def admit(self, request: Admit) -> Admitted:
        """The capability for one query; `Refused` when there is nothing to give."""
        directory, caller = await self.present(request.credential, request.on_behalf_of)
        workspaces = self._workspaces(directory, caller, request)
        right = Right(
            principal=caller.principal, workspaces=workspaces, actions=(request.action,), query=request.query,
            holders=caller.who.holders, through=caller.through.holders if caller.through else (),
            managed=_also("manage", directory, caller, request.action, workspaces),
            written=_also("write", directory, caller, request.action, workspaces),
            epoch=directory.version, expires_at=_until(request.expires_at),
        )  # fmt: skip
        admitted = {"principal": right.principal, "workspaces": workspaces, "expires_at": right.expires_at}
        return Admitted(capability=sign(right, self._key), **admitted)

    def _workspaces(self, directory: Directory, caller: Caller, request: Admit) -> tuple[str, ...]:
        allowed = caller.allowed(directory, request.action)
        named = {name for name in (request.workspace, *request.workspaces) if name is not None}
        if not named <= allowed:
            raise workspace_not_found()
        return tuple(sorted(named or allowed))

    async def present(self, credential: Credential, on_behalf_of: str = "") -> tuple[Directory, Caller]:
        """Who it is, as of now. Keycloak is asked about somebody who is not known yet."""
        directory = await self._accounts.current()
        try:
            return directory, await self.caller(directory, credential, on_behalf_of)
        except Stranger as stranger:
            if self._federation is None or not await self._federation.follower.learn(stranger.subject):
                raise
        directory = await self._accounts.current()
        return directory, await self.caller(directory, credential, on_behalf_of)

    async def caller(self, directory: Directory, credential: Credential, on_behalf_of: str = "") -> Caller:
        """Who it is; `Refused` (401, 403) when it proves nobody, or somebody other than it claims."""
        who = await self._who(directory, credential)
        if credential.user_id and credential.user_id not in (who.name, who.principal.id):
            raise Refused("not_yours", "The token or key belongs to somebody other than `user_id`. Send your own.", 403)
        if not on_behalf_of:
            return Caller(who)
        person = await self._bearer(directory, on_behalf_of)
        if not isinstance(who, App) or not isinstance(person, Person):
            raise Refused("unauthenticated", BEHALF, 401)
        return Caller(person, through=who)

    async def _who(self, directory: Directory, credential: Credential) -> Person | App:
        if credential.client:
            app = directory.apps.get(credential.client)
            found: Person | App | None = alive(app) if app and app.bus and not credential.token else None
        elif credential.token.startswith(PREFIX):
            found = alive(directory.by_digest.get(digest(credential.token)))
        else:
            found = await self._bearer(directory, credential.token)
        if found is None:
            raise unauthenticated()
        return found

    async def _bearer(self, directory: Directory, token: str) -> Person | App | None:
        """Whose login token it is: one of ours, or one of the company's issuer."""
        if person := self._person(directory, token):
            return person
        if self._federation is None:
            return None
        found = await self._federation.tokens.whose(directory, token)
        return alive(found) if isinstance(found, App) else found

    def _person(self, directory: Directory, token: str) -> Person | None:
        login = self._tokens.login(token)
        if login is None or login.session in directory.ended_sessions:
            return None
        person = directory.people.get(login.username)
        return person if person and person.uid == login.uid else None


def alive(app: App | None) -> App | None:
    """The app, unless its key has run out."""
    return app if app and (app.expires_at is None or app.expires_at > time.time()) else None


def _also(
    also: Action, directory: Directory, caller: Caller, action: Action, workspaces: tuple[str, ...]
) -> tuple[str, ...]:
    """Questions travel far and are asked by all alike: only other requests know where one may write or manage."""
    allowed = caller.allowed(directory, also) if action != "ask" else frozenset[str]()
    return tuple(name for name in workspaces if name in allowed)


def _until(wanted: datetime) -> datetime:
    now = datetime.now(UTC)
    if wanted <= now:
        raise Refused("expired", "The time for this call has run out already. Check the clocks, and ask again.", 408)
    return min(wanted, now + LONGEST)
