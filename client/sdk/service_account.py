"""A business system's account at the company's issuer (Keycloak), as the key of `Bus` and for `Authorization`."""

import time

import httpx

from client.sdk.errors import Refused, Unreachable

EARLY_SECONDS = 30


class ServiceAccount:
    """Called, it gives an access token that is good for at least half a minute more."""

    def __init__(self, issuer: str, client: str, secret: str) -> None:
        self._where = f"{issuer.rstrip('/')}/protocol/openid-connect/token"
        self._form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        self._token, self._ends = "", 0.0

    async def __call__(self) -> str:
        """`Refused` (401) when the issuer does not know the client by this secret, `Unreachable` when it is away."""
        if time.monotonic() > self._ends:
            self._token, seconds = await self._fetched()
            self._ends = time.monotonic() + seconds - EARLY_SECONDS
        return self._token

    async def _fetched(self) -> tuple[str, float]:
        try:
            async with httpx.AsyncClient(timeout=10) as http:
                reply = await http.post(self._where, data=self._form)
        except httpx.HTTPError as error:
            raise Unreachable(f"The issuer at {self._where} cannot be reached ({error}). Check its address.") from error
        if reply.status_code >= 500:
            raise Unreachable(f"The issuer at {self._where} answers {reply.status_code}. Try again later.")
        if reply.status_code != 200:
            name = self._form["client_id"]
            words = f"The issuer does not give the client {name!r} a token. Check its secret and its service account."
            raise Refused("unauthenticated", words, 401)
        found = reply.json()
        return str(found["access_token"]), float(found["expires_in"])
