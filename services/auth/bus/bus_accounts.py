"""Admits business systems and auditors to the bus with the registry's permissions for their name."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from services.auth.accounts.directory import App, Person, Secret
from services.auth.accounts.repository import Accounts
from services.auth.callers import alive, ends_of, key_of
from services.auth.credentials.login import SignIns
from services.auth.credentials.tokens import PREFIX
from services.auth.directory.federation import Federation
from shared.errors import Refused
from shared.events import AccessAttempted, UnknownNameTried
from shared.registry import outsider

# The name becomes part of subjects: a dot or a wildcard in it would open others'.
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}|[a-z0-9-]{1,64}")
Account = Literal["EDGE", "SOC"]
Outcome = Literal["signed_in", "refused"]
AUDITORS = "The bus takes people with the role auditor alone."


def permissions(account: str, name: str) -> dict[str, Any]:
    """`pub` and `sub` of a user there. Never empty: to the server that would mean everything."""
    given = outsider(account.lower())
    publish = [subject.format(client=name) for subject in given.publish]
    subscribe = [subject.format(client=name) for subject in given.subscribe]
    if not publish or not subscribe:
        raise ValueError(f"the registry gives {account} no subjects")
    return {"pub": {"allow": publish}, "sub": {"allow": subscribe}}


@dataclass(frozen=True, slots=True)
class BusIdentity:
    """Where somebody is let in on the bus, under which name, and when that ends at the latest.

    `session` is the company's sign-in that their token is of.
    """

    account: Account
    name: str
    ends: int | None = None
    session: str = ""

    @property
    def principal(self) -> str:
        """Who it is, as the audit log names them."""
        return f"{'app' if self.account == 'EDGE' else 'person'}:{self.name}"


class BusAccounts:
    """Checks who connects: EDGE takes business systems with `bus`, SOC takes people with the role auditor.

    They prove themselves with their key, their password, or an access token of the company's issuer.
    """

    def __init__(self, accounts: Accounts, sign_ins: SignIns, federation: Federation | None = None) -> None:
        self._accounts, self._sign_ins, self._federation = accounts, sign_ins, federation

    async def place(self, name: str, password: str, source: str) -> BusIdentity:
        """Where they belong; `Refused` for everybody else, which is on record. Who is let in is recorded by `enter`.

        A token brings its name along. `source`: the address.
        """
        if self._federation and password.count(".") == 2 and password.startswith("ey"):
            return await self._by_token(self._federation, name, password, source)
        directory = await self._accounts.current()
        if name not in directory.apps and name not in directory.people:
            await self._accounts.attempted(UnknownNameTried(source=source))
        if not NAME.fullmatch(name) or not password:
            raise Refused("unauthenticated", "The bus takes a name and a password, or an access token.", 401)
        if password.startswith(PREFIX):
            return BusIdentity("EDGE", name, ends_of(*await self._system(name, password, source)))
        await self._auditor(name, password, source)
        return BusIdentity("SOC", name)

    async def enter(self, place: BusIdentity, source: str, seat: Callable[[], Awaitable[None]]) -> None:
        """Take a seat there, and record the outcome; `Refused` when there is none."""
        try:
            await seat()
        except Refused as refused:
            await self._attempted(place.principal, "refused", refused.reason, source)
            raise
        await self._attempted(place.principal, "signed_in", "bus", source)

    async def _by_token(self, federation: Federation, name: str, token: str, source: str) -> BusIdentity:
        who = await federation.tokens.whose(await self._accounts.current(), token)
        identity = await federation.tokens.identity(token)
        if name not in ("", who.name) or not NAME.fullmatch(who.name):
            raise Refused("unauthenticated", f"The token is {who.name}'s, who connects under that name or none.", 401)
        if isinstance(who, App) and (alive(who) is None or not who.bus):
            raise await self._refused(who, "not_for_the_bus", source, "Make its key with `--bus`.")
        if isinstance(who, Person) and "auditor" not in who.roles:
            raise await self._refused(who, "not_an_auditor", source, AUDITORS)
        return BusIdentity("EDGE" if isinstance(who, App) else "SOC", who.name, identity.expires_at, identity.session)

    async def _refused(self, who: Person | App, reason: str, source: str, words: str) -> Refused:
        await self._attempted(who.principal.id, "refused", reason, source)
        return Refused("forbidden", words, 403)

    async def _system(self, name: str, password: str, source: str) -> tuple[App, Secret]:
        found = key_of(await self._accounts.current(), password)
        if found is None or found[0].name != name or not found[0].bus:
            if name in (await self._accounts.current()).apps:
                await self._attempted(f"app:{name}", "refused", "wrong_key", source)
            raise Refused("unauthenticated", "The key is not this client's, not for the bus, or no longer valid.", 401)
        return found

    async def _auditor(self, name: str, password: str, source: str) -> Person:
        person = await self._sign_ins.proven(name, password, source)
        if "auditor" not in person.roles:
            raise await self._refused(person, "not_an_auditor", source, AUDITORS)
        return person

    async def _attempted(self, who: str, outcome: Outcome, reason: str, source: str) -> None:
        await self._accounts.attempted(AccessAttempted(who=who, outcome=outcome, reason=reason, source=source))
