"""NKeys, NATS JWTs and sealed boxes for the auth callout (ADR-26)."""

import base64
import hashlib
import json
import os
from binascii import crc_hqx
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import Box, PrivateKey, PublicKey
from nacl.signing import SigningKey, VerifyKey

USER, ACCOUNT, CURVE, SERVER = 20 << 3, 0, 23 << 3, 13 << 3
BOX = b"xkv1"
NONCE = 24


def raw(text: str) -> bytes:
    """The 32 bytes of a key in text: one byte of prefix (seeds have two) before them, a CRC-16 after."""
    data = base64.b32decode(text + "=" * (-len(text) % 8))
    if crc_hqx(data[:-2], 0) != int.from_bytes(data[-2:], "little"):
        raise ValueError("the key's checksum is wrong")
    return data[2 if text[0] == "S" else 1 : -2]


def text(prefix: int, key: bytes) -> str:
    """A public key in text."""
    body = bytes([prefix]) + key
    return base64.b32encode(body + crc_hqx(body, 0).to_bytes(2, "little")).rstrip(b"=").decode()


def public(seed: str) -> str:
    """The public key of an account's seed."""
    return text(ACCOUNT, bytes(SigningKey(raw(seed)).verify_key))


def seal(seed: str, peer: str, data: bytes) -> bytes:
    """`xkv1`, nonce and NaCl box, for `peer` alone."""
    nonce = os.urandom(NONCE)
    return BOX + nonce + Box(PrivateKey(raw(seed)), PublicKey(raw(peer))).encrypt(data, nonce).ciphertext


def unseal(seed: str, peer: str, data: bytes) -> bytes:
    """What `peer` sealed for us; ValueError when it did not."""
    if not data.startswith(BOX):
        raise ValueError("the request is not sealed")
    body = data[len(BOX) :]
    try:
        return Box(PrivateKey(raw(seed)), PublicKey(raw(peer))).decrypt(body[NONCE:], body[:NONCE])
    except CryptoError as error:
        raise ValueError("the request is sealed for somebody else") from error


def sign(claims: dict[str, Any], seed: str) -> str:
    """A token; its `jti` is a digest of what it says."""
    number = base64.b32encode(hashlib.sha256(_json(claims)).digest()).rstrip(b"=").decode()
    body = f"{_part({'typ': 'JWT', 'alg': 'ed25519-nkey'})}.{_part(claims | {'jti': number})}"
    return f"{body}.{_base64(SigningKey(raw(seed)).sign(body.encode()).signature)}"


def verified(token: str, kind: int) -> dict[str, Any]:
    """The claims of a token that its own issuer, a key of this kind, has signed; ValueError when it has not."""
    head, body, signature = token.split(".")
    claims: dict[str, Any] = json.loads(_bytes(body))
    issuer = str(claims.get("iss", ""))
    if json.loads(_bytes(head)).get("alg") != "ed25519-nkey" or text(kind, raw(issuer)) != issuer:
        raise ValueError("the token is of another kind")
    try:
        VerifyKey(raw(issuer)).verify(f"{head}.{body}".encode(), _bytes(signature))
    except CryptoError as error:
        raise ValueError("the token's signature is wrong") from error
    return claims


def _json(claims: dict[str, Any]) -> bytes:
    return json.dumps(claims, separators=(",", ":")).encode()


def _part(claims: dict[str, Any]) -> str:
    return _base64(_json(claims))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
