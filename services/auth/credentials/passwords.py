"""Argon2id password hashes, two at a time. An unknown name costs as much as a wrong password."""

import asyncio
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.auth.credentials.strength import REMEDY, weakness
from shared.errors import Refused

# OWASP's second choice (19 MiB, two passes, one lane): some 20 ms of one core.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
NOBODY = HASHER.hash("nobody has this password")


class Passwords:
    """Makes and checks the stored form."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(2)

    async def hash(self, password: str, names: Sequence[str] = ()) -> str:
        """The stored form; `Refused` (422) when it is easy to guess for somebody who knows `names`."""
        async with self._room:
            if why := await asyncio.to_thread(weakness, password, names):
                raise Refused("weak_password", f"The field 'password' is wrong: {why} {REMEDY}", 422)
            return await asyncio.to_thread(HASHER.hash, password)

    async def right(self, stored: str | None, password: str) -> bool:
        """Whether it is the one; with nothing stored it is not, after the same work."""
        async with self._room:
            return await asyncio.to_thread(_verify, stored or NOBODY, password) and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
