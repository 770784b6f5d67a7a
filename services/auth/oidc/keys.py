"""The issuer's JWKS: cached, and fetched again for an unknown key id."""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from joserfc.errors import JoseError

from services.auth.oidc.kept_keys import KeptKeys
from services.auth.oidc.signing_keys import SigningKey, signing_keys
from services.auth.settings import OidcSettings
from shared.errors import Refused, Unavailable

log = logging.getLogger(__name__)
UNKNOWN_SECONDS = 30.0  # between two looks for a key that is not known: forged names cost the issuer nothing
FOLLOWED_SECONDS = 1.5
MISSING = 10_000  # names that are remembered as nobody's until the next fetch
RENEW_SECONDS, RETRY_SECONDS = 300.0, 2.0
SKEW_SECONDS = 30
NONSENSE = (ValueError, KeyError, TypeError, AttributeError)  # JSON of another shape


class IssuerKeys:
    """`problem` says in words what is wrong with the issuer now; `followed` while somebody hears of new keys."""

    def __init__(self, settings: OidcSettings, http: httpx.AsyncClient, kept: KeptKeys | None = None) -> None:
        """`kept` has them over a restart while the issuer is away."""
        self._settings, self._http, self._kept = settings, http, kept
        self._answers = False
        self._keys: Mapping[str, SigningKey] = {}
        self._fetching = asyncio.Lock()
        self._fetched_again, self._failed = asyncio.Event(), asyncio.Event()
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
            except (httpx.HTTPError, httpx.InvalidURL, JoseError, *NONSENSE) as error:
                self._report_problem(self._words(error))
                self._answers = False
                self._failed.set()
                keys = {} if self._keys else await self._known_before()
                if not keys:
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
            try:
                await self.fetch()
            except Refused as refused:  # our own tables, where the keys of the last run are kept, are away
                self._report_problem(refused.error)
                self._answers = False
            self._failed.clear()
            if self._answers:
                with suppress(TimeoutError):  # a token of an unknown key may meet the fault before
                    async with asyncio.timeout(RENEW_SECONDS):
                        await self._failed.wait()
            if not self._answers:
                await asyncio.sleep(RETRY_SECONDS)

    async def _fetched(self) -> dict[str, SigningKey]:
        about, reply = await self._get(f"{self._settings.url}/.well-known/openid-configuration")
        if about["issuer"] != self._settings.issuer:
            raise ValueError(f"it calls itself {about['issuer']!r}")
        # Never an address that only the reply knows: what is reached from inside stays inside.
        found, _ = await self._get(str(about["jwks_uri"]).replace(self._settings.issuer, self._settings.url, 1))
        keys = signing_keys(found)
        if self._kept:
            await self._kept.keep(about, found)
        self._about, self._answers = about, True
        self._report_problem(_clock(reply))
        return keys

    async def _known_before(self) -> dict[str, SigningKey]:
        """Those of the last run: tokens that people have go on, and new ones need the issuer anyway."""
        if self._kept is None or (known := await self._kept.read()) is None:
            return {}
        self._about, found = known
        return signing_keys(found)

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

    def _report_problem(self, problem: str) -> None:
        if problem and problem != self.problem:
            log.warning("%s", problem)
        self.problem = problem


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
