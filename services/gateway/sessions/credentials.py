"""Resolves a session cookie to a credential, checks CSRF, and refreshes tokens."""

import asyncio
import hmac
import time
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from fastapi import Request

from services.gateway.sessions.cookies import SESSION, given
from services.gateway.sessions.repository import BrowserSession, BrowserSessions
from shared.bus import Bus
from shared.errors import Refused
from shared.events import RenewSignIn, SignInTokens
from shared.settings import settings
from shared.sql.utc import moment

SAFE = {"GET", "HEAD", "OPTIONS"}
CSRF_HEADER = "X-CSRF-Token"
EARLY_SECONDS = 20  # an access token that ends sooner is renewed first
CSRF = f"A change from a browser needs the header {CSRF_HEADER} with the `csrf` of GET /auth/session."
FOREIGN = "Another site sent this request. Open Cloister itself, and do it there."


async def session_of(request: Request, sessions: BrowserSessions) -> BrowserSession | None:
    """The living session whose cookie came along, if any; `Refused` (401) when somebody else ended it."""
    cookie = given(request, SESSION)
    found = await sessions.find(cookie) if cookie else None
    if found and found.ended_by:
        raise ended_by(found)
    return found


def guard(request: Request, session: BrowserSession) -> None:
    """`Refused` (403) when it would change something and does not come from our own page."""
    if request.method in SAFE:
        return
    same_site(request)
    if not hmac.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), session.csrf.encode()):
        raise Refused("csrf", CSRF, 403)


def same_site(request: Request) -> None:
    """Browsers say themselves where a request comes from; those before 2023 by `Origin` alone.

    Hosts are compared, not schemes: a proxy in front may speak TLS for us.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    ours = {request.url.netloc, urlsplit(settings().public_url).netloc} - {""}
    if site not in (None, "same-origin", "none") or (not site and origin and urlsplit(origin).netloc not in ours):
        raise Refused("csrf", FOREIGN, 403)


class SessionTokens:
    """The access token of a session, fresh enough to be used."""

    def __init__(self, bus: Bus, sessions: BrowserSessions) -> None:
        self._bus, self._sessions = bus, sessions
        self._renewing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def access(self, cookie: str, session: BrowserSession) -> str:
        """`Refused` (401) when the sign-in is over at Keycloak: then the session is, too."""
        if _fresh(session):
            return str(session.tokens["access"])
        lock = self._renewing.setdefault(session.id, asyncio.Lock())
        async with lock:
            newer = await self._sessions.find(cookie)
            if newer is None:
                raise ended()
            if newer.ended_by:
                raise ended_by(newer)
            return str(newer.tokens["access"]) if _fresh(newer) else await self._renewed(newer)

    async def _renewed(self, session: BrowserSession) -> str:
        try:
            found: SignInTokens = await self._bus.request(
                RenewSignIn(refresh_token=session.tokens["refresh"]), timeout=10
            )
        except Refused as refused:
            if refused.status == 401:
                await self._sessions.end(id=session.id)
                raise ended() from refused
            if int(session.tokens["ends"]) > time.time():
                return str(session.tokens["access"])  # Keycloak is away: what is signed in goes on to its end
            raise
        await self._sessions.renew(session, kept(found), found.refresh_expires_in)
        return found.access_token


def kept(found: SignInTokens) -> dict[str, str | int]:
    """What a session keeps of Keycloak's tokens."""
    ends = int(time.time()) + found.expires_in
    return {"access": found.access_token, "refresh": found.refresh_token, "ends": ends}


def ended() -> Refused:
    return Refused("sign_in_over", "Your sign-in has ended. Sign in again.", 401)


def ended_by(session: BrowserSession) -> Refused:
    """By whom and when, for whoever comes with it."""
    who = "You" if session.ended_by == session.principal else f"An administrator ({session.ended_by})"
    when = f"{moment(session.ended_at):%Y-%m-%d %H:%M} UTC"
    return Refused("session_ended", f"{who} ended this session on {when}. Sign in again.", 401)


def _fresh(session: BrowserSession) -> bool:
    """A local account's token lives as long as its session."""
    return "refresh" not in session.tokens or int(session.tokens["ends"]) - time.time() > EARLY_SECONDS
