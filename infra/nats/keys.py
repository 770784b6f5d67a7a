"""Creates the keys of a home once, readable by their owner only."""

import base64
import os
import secrets
from pathlib import Path

import nkeys
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.public import PrivateKey

from shared.registry import services

USERS = (*services(), "provisioner", "sys", "callout", "socadmin")
PREFIXES = {"U": nkeys.PREFIX_BYTE_USER, "A": nkeys.PREFIX_BYTE_ACCOUNT, "X": 23 << 3}


def create_keys(keys: Path) -> None:
    """Create every missing key."""
    for user in USERS:
        _write(keys / "bus" / f"{user}.seed", _seed("U"))
    _write(keys / "callout.issuer.seed", _seed("A"))
    _write(keys / "callout.xkey.seed", _seed("X"))
    _write(keys / "jetstream.key", secrets.token_hex(32).encode())
    _write(keys / "audit.salt", secrets.token_hex(32).encode())
    _write(keys / "content.key", secrets.token_hex(32).encode())
    _write(keys / "sessions.key", base64.urlsafe_b64encode(secrets.token_bytes(32)))
    for path in (keys / "auth", keys / "audit", keys / "answers" / "gateway", keys / "answers" / "inference"):
        create_key_pair(path)


def public_key(seed: Path) -> str:
    """The public key of a seed file: `U…` of a user, `A…` of an account, `X…` of a curve key."""
    text = seed.read_text().strip()
    kind, raw = text[1], base64.b32decode(text + "=" * (-len(text) % 8))[2:-2]
    if kind == "X":
        return _text(bytes([PREFIXES["X"]]), bytes(PrivateKey(raw).public_key))
    pair = nkeys.from_seed(bytearray(text.encode()))
    return str(pair.public_key.decode())


def _seed(kind: str) -> bytes:
    # An nkey seed starts with 5 bits of `S` and 8 bits of its kind, and ends with a CRC-16.
    prefix = PREFIXES[kind]
    return _text(bytes([nkeys.PREFIX_BYTE_SEED | prefix >> 5, (prefix & 31) << 3]), secrets.token_bytes(32)).encode()


def _text(prefix: bytes, key: bytes) -> str:
    body = prefix + key
    return base64.b32encode(body + nkeys.crc16(bytearray(body)).to_bytes(2, "little")).rstrip(b"=").decode()


def create_key_pair(path: Path) -> None:
    """Create `<path>.key` and `<path>.pub`, unless they exist."""
    private, public = path.with_suffix(".key"), path.with_suffix(".pub")
    key = Ed25519PrivateKey.generate()
    _write(private, key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))
    stored = form.load_pem_private_key(private.read_bytes(), password=None)
    _write(public, stored.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo), 0o644)


def _write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Create the file atomically, unless it exists: two processes may start at once."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
