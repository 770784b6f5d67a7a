"""What admission costs: a company token checked first and again, the way through auth, and a bus connection."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from statistics import median

import httpx
import nats
from joserfc import jwt
from joserfc.jwk import RSAKey

from bench.system import System, system
from bench.tables import table
from services.auth.oidc.access_tokens import AccessTokens
from services.auth.oidc.keys import IssuerKeys
from services.auth.settings import OidcSettings

ISSUER = "http://login.example/realms/cloister"
CALLS, CONNECTIONS = 1000, 100
CACHED_MS, AUTH_CPU_MS, CONNECT_MS = 0.2, 3.0, 10.0


def main() -> None:
    first, again = asyncio.run(_checked())
    rows = [
        ["company token, first time", f"{first:.3f} ms", ""],
        ["company token, known", f"{again:.4f} ms", _told(again, CACHED_MS, "ms")],
    ]
    with system(each=True, sample="0") as running:
        wall, cpu = _through_auth(running)
        connect = asyncio.run(_connects(running))
    rows += [
        ["GET /v1/models: an admission with its signed right", f"{wall:.2f} ms", ""],
        ["of it CPU of auth", f"{cpu:.2f} ms", _told(cpu, AUTH_CPU_MS, "ms CPU")],
        ["bus connection through the callout, median", f"{connect[0]:.1f} ms", _told(connect[0], CONNECT_MS, "ms")],
        ["bus connection through the callout, 99 of 100", f"{connect[1]:.1f} ms", ""],
    ]
    table(f"Admission, {CALLS} calls each", ["what", "figure", "goal"], rows)


async def _checked() -> tuple[float, float]:
    """Median milliseconds of a token's first check, and of the next ones."""
    key = RSAKey.generate_key(2048, {"kid": "k", "use": "sig", "alg": "RS256"}, auto_kid=False)

    def answer(request: httpx.Request) -> httpx.Response:
        keys = {"keys": [key.as_dict(private=False)]}
        about = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/certs"}
        return httpx.Response(200, json=keys if request.url.path.endswith("/certs") else about)

    settings = OidcSettings(issuer=ISSUER)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        keys = IssuerKeys(settings, http)
        await keys.fetch()
        tokens, now = AccessTokens(settings, keys), int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": "cloister-api",
            "azp": "cloister",
            "typ": "Bearer",
            "iat": now,
            "exp": now + 300,
        }
        made = [
            jwt.encode({"alg": "RS256", "kid": "k", "typ": "JWT"}, claims | {"sub": f"s{number}"}, key)
            for number in range(CALLS)
        ]
        first = [await _timed(partial(tokens.read, token)) for token in made]
        again = [await _timed(partial(tokens.read, token)) for token in made]
    return median(first), median(again)


async def _timed(act: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await act()
    return (time.perf_counter() - began) * 1000


def _through_auth(running: System) -> tuple[float, float]:
    """Median milliseconds of a call, and milliseconds of auth's CPU for each."""
    with running.http() as http:
        http.get("/v1/models").raise_for_status()
        before, times = running.cpu_seconds()["auth"], []
        for _ in range(CALLS):
            began = time.perf_counter()
            http.get("/v1/models").raise_for_status()
            times.append((time.perf_counter() - began) * 1000)
        used = running.cpu_seconds()["auth"] - before
    return median(times), used / CALLS * 1000


async def _connects(running: System) -> tuple[float, float]:
    """Median and 99th percentile of a connection, in milliseconds."""
    keys = {}
    with running.http() as http:
        http.post("/api/workspaces", json={"name": "finance"}).raise_for_status()
        # A connection counts for two seconds towards the 20 of its name.
        for name in (f"erp{number}" for number in range(CONNECTIONS // 10)):
            key = {"name": name, "workspaces": ["finance"], "bus": True}
            keys[name] = http.post("/api/keys", json=key).raise_for_status().json()["key"]
    times = []
    for name, key in (pair for pair in keys.items() for _ in range(10)):
        began = time.perf_counter()
        line = await nats.connect(running.nats_url, user=name, password=key, allow_reconnect=False)
        times.append((time.perf_counter() - began) * 1000)
        await line.close()
    return median(times), sorted(times)[int(CONNECTIONS * 0.99) - 1]


def _told(value: float, most: float, unit: str) -> str:
    return f"≤ {most} {unit}: {'reached' if value <= most else 'MISSED'}"
