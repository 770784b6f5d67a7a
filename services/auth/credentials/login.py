"""Signs in local accounts, with throttling and a record of each attempt."""

from services.auth.accounts.directory import Person
from services.auth.accounts.repository import Accounts
from services.auth.credentials.passwords import Passwords
from services.auth.credentials.throttle import Throttle
from services.auth.credentials.tokens import Tokens
from shared.errors import Refused
from shared.events import AccessAttempted, SignedIn, SignIn

LONGEST = 1024


class SignIns:
    """Checks passwords, for HTTP and for the bus."""

    def __init__(self, accounts: Accounts, tokens: Tokens, passwords: Passwords, throttle: Throttle) -> None:
        self._accounts, self._tokens, self._passwords, self._throttle = accounts, tokens, passwords, throttle

    async def sign_in(self, request: SignIn) -> SignedIn:
        """A token; `Refused` (401) for a wrong name or password alike, (429) for too many."""
        person = await self.person(request.username, request.password, request.source)
        return SignedIn(access_token=self._tokens.sign(person), expires_in=self._tokens.seconds)

    async def person(self, username: str, password: str, source: str) -> Person:
        """Whose name and password these are, on record; `source` is the address from which they came."""
        person = await self.proven(username, password, source)
        await self._accounts.attempted(AccessAttempted(who=person.principal.id, outcome="signed_in", source=source))
        return person

    async def proven(self, username: str, password: str, source: str) -> Person:
        """The same, for who decides later whether they are let in. A wrong name or password is on record."""
        person = (await self._accounts.current()).people.get(username)

        async def check() -> bool:
            return await self._passwords.right(person.password if person else None, password[:LONGEST])

        right = await self._throttle.attempt(username[:64], source, check)
        # Somebody may type a password where the name goes: names that are nobody's are not kept.
        who = f"person:{person.username}" if person else "unknown"
        if not right or person is None:
            await self._accounts.attempted(
                AccessAttempted(who=who, outcome="refused", reason="wrong_password", source=source)
            )
            raise Refused("unauthenticated", "The name or the password is wrong. Check both, and try again.", 401)
        return person
