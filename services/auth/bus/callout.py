"""Answers the server's auth callout (ADR-26): a signed user token for EDGE or SOC, or a refusal."""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from services.auth.bus.bus_accounts import Account, BusAccounts, BusIdentity, permissions
from services.auth.bus.nkeys import SERVER, public, seal, sign, unseal, verified
from shared.errors import NotReady, Refused

log = logging.getLogger(__name__)
AUDIENCE = "nats-authorization-request"
Claims = dict[str, Any]
Opened = Callable[[str, int, BusIdentity], None]
Seat = Callable[[Account, str, tuple[str, int]], Awaitable[None]]


class Callout:
    """Bytes of a request in, bytes of the reply out. Its key could place anybody anywhere; it uses EDGE and SOC."""

    def __init__(
        self,
        bus_accounts: BusAccounts,
        keys: Path,
        seconds: int,
        opened: Opened | None = None,
        seat: Seat | None = None,
    ) -> None:
        """`opened(server, number, place)` hears of every connection that is let in.

        `seat(account, name, (server, number))` refuses one too many.
        """
        self._bus_accounts, self._seconds, self._opened, self._seat = bus_accounts, seconds, opened, seat
        self._issuer, self._xkey = _seed(keys / "callout.issuer.seed"), _seed(keys / "callout.xkey.seed")
        self._public = public(self._issuer)

    async def answer(self, data: bytes, headers: Mapping[str, str]) -> bytes:
        """The sealed reply; ValueError when the request is not one of a server that knows our key."""
        server = headers.get("Nats-Server-Xkey", "")
        claims = verified(unseal(self._xkey, server, data).decode(), SERVER)
        if claims.get("aud") != AUDIENCE or claims.get("exp", 0) < time.time():
            raise ValueError("the request is of another kind, or too old")
        request = claims["nats"]
        return seal(self._xkey, server, self._reply(request, await self._decided(request)).encode())

    async def _decided(self, request: Claims) -> Claims:
        given = request.get("connect_opts", {})
        name, host = str(given.get("user", "")), str(request.get("client_info", {}).get("host", ""))
        secret = str(given.get("pass") or given.get("auth_token") or "")
        try:
            place = await self._bus_accounts.place(name, secret, host)
            number, server = int(request.get("client_info", {}).get("id", 0)), str(request["server_id"]["id"])
            await self._bus_accounts.enter(place, host, lambda: self._seated(place, server, number))
            if self._opened:
                self._opened(server, number, place)
            return {"jwt": self._user(request["user_nkey"], place)}
        except Refused as refused:
            # No name: somebody may have typed a password there. The audit log tells who, when it is somebody known.
            log.warning("the bus refuses a login from %s: %s", host, refused.error)
            return {"error": "not authorized"}

    async def _seated(self, place: BusIdentity, server: str, number: int) -> None:
        if self._seat:
            await self._seat(place.account, place.name, (server, number))

    def _user(self, user: str, place: BusIdentity) -> str:
        now = int(time.time())
        limits = {"type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1}
        exp = min(now + self._seconds, place.ends or now + self._seconds)
        claims = {"iat": now, "exp": exp, "iss": self._public, "aud": place.account, "name": place.name, "sub": user}
        rights = limits | permissions(place.account, place.name)
        return sign(claims | {"nats": rights}, self._issuer)

    def _reply(self, request: Claims, outcome: Claims) -> str:
        about = {"iat": int(time.time()), "iss": self._public, "sub": request["user_nkey"]}
        about["aud"] = request["server_id"]["id"]
        return sign(about | {"nats": outcome | {"type": "authorization_response", "version": 2}}, self._issuer)


def _seed(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        why = f"The key {path} cannot be read ({error.strerror}). Run `cloister streams apply`, which makes it."
        raise NotReady(why) from error
