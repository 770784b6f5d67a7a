"""Checks a capability when it is used: signature, time, query, revocations."""

from shared.errors import Refused
from shared.events import Action
from shared.security.capability import Right, check
from shared.security.keyring import Keyring
from shared.security.revocation import Revocations


class Rights:
    """Checks capabilities for one service."""

    def __init__(self, keys: Keyring, revocations: Revocations | None = None) -> None:
        self._keys, self.revocations = keys, revocations or Revocations()

    def check(self, capability: str, *, query: str, action: Action) -> Right:
        """The right; `Refused` (403) when it is forged, of another query, without `action`, expired or revoked."""
        try:
            key = self._keys.of(capability)
        except ValueError as error:
            raise Refused("bad_capability", "The right to read is not valid. Ask again.", 403) from error
        right = check(capability, key, query=query, action=action)
        self.revocations.require(right)
        return right

    def administrator(self, capability: str, *, query: str) -> Right:
        """The right of an administrator; `Refused` (403) for everybody else."""
        right = self.check(capability, query=query, action="read")
        if "admin" not in right.principal.roles:
            raise Refused("forbidden", "This is for administrators. Ask one of them for the role `admin`.", 403)
        return right
