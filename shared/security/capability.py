"""Capabilities and answer signatures (Ed25519): made by one service, checked by all."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from shared.errors import NotReady, Refused
from shared.events import Action, Model, Principal
from shared.events.signature import SIGNATURE, SIGNER, AnswerKeys, signed_part
from shared.security.keyring import number_of

ALGORITHM = "Ed25519"


class Right(Model):
    """What a capability says: who may do which actions in which workspaces, for one query, until `expires_at`.

    `holders` are the names under which documents may let the principal in or keep it out (`person:…`, `group:…`);
    `through` those of the business system that speaks for it: then both must pass.
    Of `workspaces`, the principal manages `managed`, may write to `written`, and may have summaries alone of
    `summarised`. `epoch` counts the changes of accounts before it was signed; `credential` proved its caller,
    and `grants` decided.
    """

    principal: Principal
    workspaces: tuple[str, ...]
    actions: tuple[Action, ...]
    query: str
    holders: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    managed: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    summarised: tuple[str, ...] = ()
    epoch: int = 0
    credential: str = ""
    grants: tuple[str, ...] = ()
    expires_at: datetime

    @property
    def writable(self) -> tuple[str, ...]:
        """The workspaces whose documents the principal looks after."""
        changes = {"write", "manage"} & set(self.actions)
        return self.workspaces if changes else (*self.written, *self.managed)

    @property
    def parties(self) -> tuple[tuple[str, ...], ...]:
        """The names of each whose rights count."""
        mine = self.holders or (self.principal.id,)
        return (mine, self.through) if self.through else (mine,)


def sign(right: Right, key: OKPKey) -> str:
    """A compact JWT of the right."""
    claims = right.model_dump(mode="json") | {"exp": int(right.expires_at.timestamp()), "sub": right.principal.id}
    return jwt.encode({"alg": ALGORITHM, "typ": "cap+jwt", "kid": number_of(key)}, claims, key, algorithms=[ALGORITHM])


def check(capability: str, key: OKPKey, *, query: str, action: Action) -> Right:
    """The right, or `Refused` (403) when it is forged, expired, of another query or without `action`."""
    try:
        right = _decoded(capability, ByIdentity(key))
    except (JoseError, ValidationError, ValueError) as error:
        raise Refused("bad_capability", "The right to read is not valid. Ask again.", 403) from error
    if right.query != query or action not in right.actions:
        raise Refused("bad_capability", "The right to read is for something else. Ask again.", 403)
    if right.expires_at <= datetime.now(UTC):
        raise Refused("expired", "The right to read ran out before it was used. Ask again.", 403)
    return right


def claimed(capability: str) -> Right | None:
    """What it says, unchecked: for who has it from auth itself. None when it is no capability."""
    try:
        return Right.model_validate_json(jws.extract_compact(capability.encode()).payload)
    except (JoseError, ValidationError, ValueError):
        return None


@dataclass(frozen=True, eq=False)
class ByIdentity:
    """A key that is equal to itself alone, since keys cannot be hashed."""

    key: OKPKey

    def __hash__(self) -> int:
        return id(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.key is self.key


@lru_cache(1024)
def _decoded(capability: str, known: ByIdentity) -> Right:
    """The same text checked with the same key says the same for ever; whether it still holds is asked each time."""
    token = jwt.decode(capability, known.key, algorithms=[ALGORITHM])
    if token.header.get("typ") != "cap+jwt":
        raise ValueError("a token of another kind")
    return Right.model_validate(token.claims)


def private_key(path: Path) -> OKPKey:
    """A PEM file to a signing key."""
    return OKPKey.import_key(_read(path))


def public_key(path: Path) -> OKPKey:
    """A PEM file to a checking key."""
    return OKPKey.import_key(_read(path))


class Signer:
    """Signs answers over subject and body, as `name`."""

    def __init__(self, name: str, path: Path) -> None:
        key = load_pem_private_key(_read(path), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise NotReady(f"{path} is not an Ed25519 key. Delete it and run `python -m infra.nats`.")
        self.name, self._key = name, key

    def headers(self, subject: str, body: bytes) -> dict[str, str]:
        signature = self._key.sign(signed_part(subject, body))
        return {SIGNER: self.name, SIGNATURE: base64.b64encode(signature).decode()}


class Verifier:
    """Checks them against the public keys `<folder>/<name>.pub`; `texts` are these as PEM, by name."""

    def __init__(self, folder: Path) -> None:
        self.texts = {path.stem: path.read_text() for path in sorted(folder.glob("*.pub"))}
        self.holds = AnswerKeys(self.texts).verify


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotReady(
            f"The key {path} cannot be read ({error.strerror}). Run `python -m infra.nats`, which makes it."
        ) from error
