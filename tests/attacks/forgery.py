"""Tokens that nobody may accept, made with the realm's own key: each is a good one with a single thing wrong."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.servers.keycloak import Keycloak

Claims = dict[str, Any]
RS256 = "RS256"


@dataclass
class Forge:
    """The key that the realm signs with, its name there, and the claims and header of a good token."""

    key: rsa.RSAPrivateKey
    header: Claims
    claims: Claims

    def good(self) -> str:
        return self.made()

    def made(self, header: Claims | None = None, **claims: Any) -> str:
        """With other claims; None leaves one out."""
        found = {name: value for name, value in (self.claims | claims).items() if value is not None}
        return self.signed(json.dumps(self.header | (header or {})), json.dumps(found))

    def signed(self, header: str, payload: str, sign: Callable[[bytes], bytes] | None = None) -> str:
        text = f"{part(header)}.{part(payload)}"
        return f"{text}.{encoded((sign or self.rs256)(text.encode()))}"

    def rs256(self, data: bytes) -> bytes:
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def part(text: str) -> str:
    return encoded(text.encode())


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> Claims:
    found: Claims = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def forge(realm: Keycloak, name: str = "alice") -> Forge:
    """Give the realm a key that the test knows, and take a good token apart."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with realm.admin() as keycloak:
        parent = keycloak.get("").json()["id"]
        config = {"priority": ["1000"], "privateKey": [pem], "enabled": ["true"], "active": ["true"]}
        about = {"name": "the test's", "providerId": "rsa", "providerType": "org.keycloak.keys.KeyProvider"}
        keycloak.post("/components", json=about | {"parentId": parent, "config": config}).raise_for_status()
    header, claims, _ = realm.sign_in(name)["access_token"].split(".")
    return Forge(key, decoded(header), decoded(claims))


def hostile(forge: Forge, stranger: str) -> Iterator[tuple[str, str]]:
    """Name and token; `stranger` is an address of the attacker's that must never be asked."""
    yield from _algorithms(forge)
    yield from _headers(forge, stranger)
    yield from _forms(forge)
    yield from _claims(forge)


def _algorithms(forge: Forge) -> Iterator[tuple[str, str]]:
    payload, public = json.dumps(forge.claims), forge.key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    modulus = public.public_numbers().n.to_bytes(256, "big")
    for alg in ("none", "None", "NONE", "nOnE", ""):
        head = json.dumps(forge.header | {"alg": alg})
        yield f"alg {alg!r} without a signature", f"{part(head)}.{part(payload)}."
        yield f"alg {alg!r} with one", forge.signed(head, payload)
    for name, secret in (("PEM", pem), ("DER", der), ("modulus", modulus), ("nothing", b"")):
        head = json.dumps(forge.header | {"alg": "HS256"})
        yield f"HS256 with {name} as secret", forge.signed(head, payload, _hs256(secret))
    for alg, size in (("RS384", hashes.SHA384()), ("RS512", hashes.SHA512())):
        head = json.dumps(forge.header | {"alg": alg})
        yield alg, forge.signed(head, payload, lambda data, size=size: _rsa(forge.key, data, size))
    yield (
        "PS256",
        forge.signed(json.dumps(forge.header | {"alg": "PS256"}), payload, lambda data: _pss(forge.key, data)),
    )
    yield "ES256 of another key", forge.signed(json.dumps(forge.header | {"alg": "ES256"}), payload, _es256)
    yield "EdDSA in name", forge.signed(json.dumps(forge.header | {"alg": "EdDSA"}), payload)
    other = rsa.generate_private_key(65537, 2048)
    yield "another key under the same name", forge.signed(json.dumps(forge.header), payload, Forge(other, {}, {}).rs256)


def _headers(forge: Forge, stranger: str) -> Iterator[tuple[str, str]]:
    own = rsa.generate_private_key(65537, 2048)
    numbers = own.public_key().public_numbers()
    jwk = {"kty": "RSA", "n": encoded(numbers.n.to_bytes(256, "big")), "e": "AQAB", "kid": forge.header["kid"]}
    payload, theirs = json.dumps(forge.claims), Forge(own, {}, {}).rs256
    for name, value in (("jwk", jwk), ("jku", f"{stranger}/keys"), ("x5u", f"{stranger}/cert"), ("x5c", ["MIIB"])):
        yield f"{name} of its own", forge.signed(json.dumps(forge.header | {name: value}), payload, theirs)
        yield f"{name} beside a good signature", forge.made({name: value})
    for name, value in (("crit", ["exp"]), ("crit", ["x"]), ("b64", False), ("zip", "DEF"), ("cty", "JWT")):
        yield f"{name} {value}", forge.made({name: value})
    for kid in ("unknown", "", "../../../../dev/null", "' OR 1=1 --", "x" * 2000, 7, None, ["a"], {"a": 1}):
        yield f"kid {str(kid)[:20]!r}", forge.made({"kid": kid})
    for typ in ("logout+jwt", "cap+jwt", "dpop+jwt", "JOSE", 1):
        yield f"typ {typ!r}", forge.made({"typ": typ})
    without = json.dumps({"alg": RS256, "typ": "JWT"})
    yield "no kid", forge.signed(without, payload)
    twice = f'{{"alg":"none","alg":"{RS256}","kid":"{forge.header["kid"]}","typ":"JWT"}}'
    yield "alg twice", forge.signed(twice, payload)


def _forms(forge: Forge) -> Iterator[tuple[str, str]]:
    good = forge.good()
    head, body, signature = good.split(".")
    yield "two parts", f"{head}.{body}"
    yield "four parts", f"{good}.{signature}"
    yield "five parts, as if encrypted", f"{good}.{signature}.{signature}"
    yield "no signature", f"{head}.{body}."
    yield "no payload", f"{head}..{signature}"
    yield "half a signature", f"{head}.{body}.{signature[:100]}"
    yield "a signature and more", f"{good}AAAA"
    yield "another's payload", f"{head}.{part(json.dumps(forge.claims | {'sub': 'root'}))}.{signature}"
    yield "dots alone", ".."
    yield "a JSON serialisation", json.dumps({"payload": body, "protected": head, "signature": signature})
    yield "a header that is no JSON", forge.signed("{", json.dumps(forge.claims))
    yield "a header that is a list", forge.signed("[]", json.dumps(forge.claims))
    yield "a payload that is no JSON", forge.signed(json.dumps(forge.header), "{")
    yield "a payload that is a list", forge.signed(json.dumps(forge.header), "[1]")
    yield "a payload of nothing", forge.signed(json.dumps(forge.header), "null")
    yield "deeply nested", forge.signed(json.dumps(forge.header), "[" * 3000 + "]" * 3000)
    yield "very long", forge.made(filler="x" * 7000)
    text = json.dumps(forge.claims)
    yield "sub twice", forge.signed(json.dumps(forge.header), text[:-1] + f', "sub": "{forge.claims["sub"]}"}}')
    yield (
        "exp that is no number",
        forge.signed(json.dumps(forge.header), text.replace(str(forge.claims["exp"]), "Infinity")),
    )
    yield "aud twice inside", forge.signed(json.dumps(forge.header), text[:-1] + ', "act": {"a": 1, "a": 2}}')


def _claims(forge: Forge) -> Iterator[tuple[str, str]]:
    iss, now = forge.claims["iss"], int(time.time())
    wrong: dict[str, list[Any]] = {
        "iss": [None, "", f"{iss}/", iss[:-1], f"{iss}x", iss.upper(), [iss], iss.replace("http", "https")],
        "aud": [
            None,
            "",
            "account",
            "cloister",
            "cloister-api-2",
            "cloister-ap",
            {"cloister-api": 1},
            [["cloister-api"]],
        ],
        "typ": [None, "ID", "Refresh", "Offline", "Logout", "bearer", "DPoP"],
        "azp": [None, "", "account-console", "admin-cli", ["cloister"], 1],
        "sub": [None, "", ["x"], 0, "00000000-0000-0000-0000-000000000000", "alice", "person:alice", "*"],
        "exp": [None, now - 120, 0, -1, str(now + 60), now + 60.5, True, now + 10 * 365 * 86_400, 10**30],
        "iat": [None, now + 600, str(now), 1.5, True],
        "nbf": [now + 600, "0", True],
        "sid": [7, ["x"], {"a": 1}],
    }
    for name, values in wrong.items():
        for value in values:
            yield f"{name} {str(value)[:40]!r}", forge.made(**{name: value} if value is not None else {name: None})
    service = {"client_id": "cloister", "preferred_username": "service-account-cloister", "sid": None}
    yield "a person as the service account of a client without a key", forge.made(**service)


def tokens_of_another_kind(realm: Keycloak) -> Iterator[tuple[str, str]]:
    """What Keycloak itself signs, and is no access token for Cloister."""
    signed_in = realm.sign_in("alice")
    yield "the ID token", signed_in["id_token"]
    yield "the refresh token", signed_in["refresh_token"]
    form = {
        "grant_type": "password",
        "client_id": "admin-cli",
        "username": "alice",
        "password": "a password for Keycloak",
    }
    where = f"{realm.issuer}/protocol/openid-connect/token"
    yield "a token of a client without the audience", httpx.post(where, data=form).json()["access_token"]
    with realm.admin() as keycloak:
        yield "an administrator's token of the realm master", keycloak.headers["authorization"].partition(" ")[2]


def _hs256(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda data: hmac.new(secret, data, hashlib.sha256).digest()


def _rsa(key: rsa.RSAPrivateKey, data: bytes, size: hashes.HashAlgorithm) -> bytes:
    return key.sign(data, padding.PKCS1v15(), size)


def _pss(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    return key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())


def _es256(data: bytes) -> bytes:
    r, s = decode_dss_signature(ec.generate_private_key(ec.SECP256R1()).sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
