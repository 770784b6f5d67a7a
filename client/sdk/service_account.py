"""Tokens of a business system's service account at the company's issuer (Keycloak), for `Bus` and HTTP."""

import time

import httpx

from client.sdk.errors import Refused, Unreachable

EARLY_SECONDS = 30


class ServiceAccount:
    """A callable that returns an access token valid for at least 30 more seconds."""

    def __init__(self, issuer: str, client: str, secret: str) -> None:
        self._where = f"{issuer.rstrip('/')}/protocol/openid-connect/token"
        self._form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        self._token, self._ends = "", 0.0

    async def __call__(self) -> str:
        """The token. `Refused` (401) if the issuer rejects the secret, `Unreachable` if it does not answer."""
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
            words = f"The issuer refuses the client {name!r} a token. Check its secret and its service account."
            raise Refused("unauthenticated", words, 401)
        found = reply.json()
        return str(found["access_token"]), float(found["expires_in"])
