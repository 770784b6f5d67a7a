"""Who comes in from outside, and what the bus lets them do there: the policy's words with the client's name in them."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from services.auth.accounts.directory import App, Person
from services.auth.accounts.repository import Accounts
from services.auth.admission import alive
from services.auth.credentials.login import SignIns
from services.auth.credentials.tokens import PREFIX, digest
from shared.errors import Refused
from shared.events import AccessAttempted

POLICY = Path(__file__).parents[3] / "infra" / "nats" / "policy.toml"
# The name becomes part of subjects: a dot or a wildcard in it would open others'.
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}|[a-z0-9-]{1,64}")


@cache
def _policy() -> dict[str, Any]:
    return tomllib.loads(POLICY.read_text(encoding="utf-8"))


def permissions(account: str, name: str) -> dict[str, Any]:
    """`pub` and `sub` of a user there. Never empty: to the server that would mean everything."""
    given = _policy()[account.lower()]
    says, hears = ([subject.format(client=name) for subject in given[kind]] for kind in ("says", "hears"))
    if not says or not hears:
        raise ValueError(f"the policy gives {account} no subjects")
    return {"pub": {"allow": says}, "sub": {"allow": hears}}


class Outside:
    """Checks a name and a password of the bus: EDGE takes keys with `bus`, SOC takes people with the role auditor."""

    def __init__(self, accounts: Accounts, sign_ins: SignIns) -> None:
        self._accounts, self._sign_ins = accounts, sign_ins

    async def place(self, name: str, password: str, source: str) -> tuple[str, int | None]:
        """The account, and when the right to be there ends; `Refused` for everybody else. `source`: the address."""
        if not NAME.fullmatch(name) or not password:
            raise Refused("unauthenticated", "The bus takes a name and a password.", 401)
        if password.startswith(PREFIX):
            return "EDGE", (await self._system(name, password, source)).expires_at
        await self._auditor(name, password, source)
        return "SOC", None

    async def _system(self, name: str, password: str, source: str) -> App:
        app = alive((await self._accounts.current()).by_digest.get(digest(password)))
        known = name if name in (await self._accounts.current()).apps else ""
        who = f"app:{known}" if known else "unknown"
        if app is None or app.name != name or not app.bus:
            await self._accounts.attempted(
                AccessAttempted(who=who, outcome="refused", reason="wrong_key", source=source)
            )
            raise Refused("unauthenticated", "The key is not this client's, not for the bus, or no longer valid.", 401)
        await self._accounts.attempted(AccessAttempted(who=who, outcome="signed_in", reason="bus", source=source))
        return app

    async def _auditor(self, name: str, password: str, source: str) -> Person:
        person = await self._sign_ins.person(name, password, source)
        if "auditor" not in person.roles:
            who = person.principal.id
            attempt = AccessAttempted(who=who, outcome="refused", reason="not_an_auditor", source=source)
            await self._accounts.attempted(attempt)
            raise Refused("forbidden", "The bus takes people with the role auditor alone.", 403)
        return person
