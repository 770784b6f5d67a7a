"""The issuer's JWKS: cached, and fetched again for an unknown key id."""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

from services.auth.settings import OidcSettings
from shared.errors import Unavailable

log = logging.getLogger(__name__)
ALGORITHMS = {"RSA": ("RS256",), "EC": ("ES256",)}
UNKNOWN_SECONDS = 30.0  # between two looks for a key that is not known: forged names cost the issuer nothing
FOLLOWED_SECONDS = 1.5
MISSING = 10_000  # names that are remembered as nobody's until the next fetch
RENEW_SECONDS, RETRY_SECONDS = 300.0, 2.0
SKEW_SECONDS = 30


@dataclass(frozen=True, eq=False, slots=True)
class SigningKey:
    """A key and the one algorithm that it is used with."""

    key: RSAKey | ECKey
    algorithm: str


class IssuerKeys:
    """`problem` says in words what is wrong with the issuer now; `followed` while somebody hears of new keys."""

    def __init__(self, settings: OidcSettings, http: httpx.AsyncClient) -> None:
        self._settings, self._http = settings, http
        self._keys: Mapping[str, SigningKey] = {}
        self._fetching = asyncio.Lock()
        self._fetched_again = asyncio.Event()
        self._looked = float("-inf")
        self._missing: dict[str, float] = {}
        self._about: Mapping[str, Any] = {}
        self.generation = 0
        self.followed = False
        self.problem = f"The issuer {settings.issuer} has not been asked yet."

    @property
    def known(self) -> bool:
        """Whether there are any: without, no token can be told from another."""
        return bool(self._keys)

    async def find(self, kid: str) -> SigningKey | None:
        """The key of that name; an unknown one is looked for at the issuer, now and then."""
        now = time.monotonic()
        if kid in self._keys or now - self._missing.get(kid, float("-inf")) < UNKNOWN_SECONDS:
            return self._keys.get(kid)
        if now - self._looked >= UNKNOWN_SECONDS:
            self._looked = now
            await self.fetch()
        else:
            await self._newer()
        if kid not in self._keys and len(self._missing) < MISSING:
            self._missing[kid] = now
        return self._keys.get(kid)

    async def _newer(self) -> None:
        """Wait for a fetch under way, and a moment for who follows Keycloak's administrators to bring a new key."""
        if self._fetching.locked():
            async with self._fetching:
                return
        if self.followed:
            with suppress(TimeoutError):
                async with asyncio.timeout(FOLLOWED_SECONDS):
                    await self._fetched_again.wait()

    async def fetch(self) -> None:
        """Ask the issuer. Whatever goes wrong leaves the keys as they were."""
        async with self._fetching:
            try:
                keys = await self._fetched()
            except (httpx.HTTPError, httpx.InvalidURL, JoseError, ValueError, KeyError, TypeError) as error:
                self._complain(self._words(error))
                return
            self.generation += 1
            self._missing.clear()
            self._fetched_again.set()
            self._fetched_again = asyncio.Event()
            self._keys = keys

    def endpoint(self, name: str, *, inside: bool = True) -> str:
        """An address of the issuer, as services reach it or as a browser does; `Unavailable` before it is known."""
        if name not in self._about:
            raise Unavailable(f"The sign-in cannot begin now. {self.problem}", "issuer_unavailable")
        address = str(self._about[name])
        return address.replace(self._settings.issuer, self._settings.url, 1) if inside else address

    async def renew(self) -> None:
        """For ever: every five minutes, and every two seconds while the issuer does not answer."""
        while True:
            await self.fetch()
            await asyncio.sleep(RETRY_SECONDS if self.problem and not self._keys else RENEW_SECONDS)

    async def _fetched(self) -> dict[str, SigningKey]:
        about, reply = await self._get(f"{self._settings.url}/.well-known/openid-configuration")
        if about["issuer"] != self._settings.issuer:
            raise ValueError(f"it calls itself {about['issuer']!r}")
        # Never an address that only the reply knows: what is reached from inside stays inside.
        found, _ = await self._get(str(about["jwks_uri"]).replace(self._settings.issuer, self._settings.url, 1))
        keys = {key["kid"]: made for key in found["keys"] if (made := _signing(key))}
        if not keys:
            raise ValueError("it has no key for signatures")
        self._about = about
        self._complain(_clock(reply))
        return keys

    async def _get(self, url: str) -> tuple[Any, httpx.Response]:
        reply = (await self._http.get(url)).raise_for_status()
        return reply.json(), reply

    def _words(self, error: Exception) -> str:
        where = f"The issuer {self._settings.url}"
        if isinstance(error, httpx.HTTPStatusError):
            return f"{where} answers {error.response.status_code}. Check the realm's name in CLOISTER_ISSUER."
        if isinstance(error, httpx.HTTPError):
            return (
                f"{where} cannot be reached ({str(error) or type(error).__name__}). Start it, or check CLOISTER_ISSUER."
            )
        return (
            f"{where} is not the one that CLOISTER_ISSUER names: {error}. Set CLOISTER_ISSUER to what it calls itself."
        )

    def _complain(self, problem: str) -> None:
        if problem and problem != self.problem:
            log.warning("%s", problem)
        self.problem = problem


def _signing(key: Mapping[str, Any]) -> SigningKey | None:
    """A public key for signatures; others, and such as are known to all sides, are left out."""
    allowed = ALGORITHMS.get(str(key.get("kty")), ())
    algorithm = key.get("alg", allowed[0] if allowed else "")
    if key.get("use", "sig") != "sig" or algorithm not in allowed or not isinstance(key.get("kid"), str):
        return None
    made = import_key(dict(key))
    return SigningKey(made, algorithm) if isinstance(made, RSAKey | ECKey) else None


def _clock(reply: httpx.Response) -> str:
    """The issuer's clock against ours."""
    try:
        ahead = parsedate_to_datetime(reply.headers["date"]).timestamp() - time.time()
    except (KeyError, ValueError):
        return ""
    if abs(ahead) <= SKEW_SECONDS:
        return ""
    side = "ahead of" if ahead > 0 else "behind"
    return f"The issuer's clock is {abs(ahead):.0f} s {side} this machine's. Set both by NTP: tokens are refused else."
