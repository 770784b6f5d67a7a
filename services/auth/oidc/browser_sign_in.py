"""The authorization code flow with PKCE, token refresh and logout, with Authlib."""

import logging
import secrets
import time
from collections.abc import Mapping
from typing import Any

import httpx
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from services.auth.accounts.repository import Accounts
from services.auth.admission import Admission
from services.auth.directory.federation import Federation
from services.auth.oidc.signed_claims import id_claims, logout_claims
from shared.errors import Refused, Unavailable
from shared.events import (
    AccessAttempted,
    BeginSignIn,
    CompleteSignIn,
    Credential,
    EndedElsewhere,
    EndSignIn,
    RenewSignIn,
    SignInBegun,
    SignInEnded,
    SignInTokens,
)

log = logging.getLogger(__name__)
SECONDS = 4.0
NO_COMPANY = "People sign in with local accounts here. POST /auth/login takes a name and a password."
OVER = "The sign-in is over at Keycloak, or was never completed. Sign in again."


class BrowserSignIn:
    """`Refused` (404) throughout while no CLOISTER_ISSUER is set."""

    def __init__(self, accounts: Accounts, admission: Admission, federation: Federation | None) -> None:
        self._accounts, self._admission, self._maybe = accounts, admission, federation

    @property
    def offered(self) -> bool:
        """Whether there is a company to sign in with."""
        return self._maybe is not None

    @property
    def _federation(self) -> Federation:
        if self._maybe is None:
            raise Refused("no_company_sign_in", NO_COMPANY, 404)
        return self._maybe

    async def begin(self, request: BeginSignIn) -> SignInBegun:
        """Where the browser goes."""
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        where = self._federation.keys.endpoint("authorization_endpoint", inside=False)
        async with self._client(request.redirect_uri) as client:
            url, state = client.create_authorization_url(where, code_verifier=verifier, nonce=nonce)
        return SignInBegun(url=url, state=state, nonce=nonce, verifier=verifier)

    async def complete(self, request: CompleteSignIn) -> SignInTokens:
        """The code for tokens, of a person whom Cloister knows."""
        given = await self._tokens(
            request.redirect_uri, grant_type="authorization_code", code=request.code, code_verifier=request.verifier
        )
        await id_claims(self._federation, str(given.get("id_token", "")), request.nonce)
        try:
            found = await self._found(given)
        except Refused as refused:
            if refused.reason == "sign_in_over":
                # It ended here while Keycloak was away, which goes on with it until told: the next one is a new one.
                await self._tell(str(given.get("refresh_token", "")))
            raise
        attempt = AccessAttempted(who=found.principal, outcome="signed_in", reason="company", source=request.source)
        await self._accounts.attempted(attempt)
        return found

    async def renew(self, request: RenewSignIn) -> SignInTokens:
        """Fresh tokens, as long as Keycloak's own sign-in lasts."""
        form = {"grant_type": "refresh_token", "refresh_token": request.refresh_token}
        return await self._found(await self._tokens("", **form))

    async def end(self, request: EndSignIn) -> SignInEnded:
        """Over for all tokens of it at once, and at Keycloak; `Unavailable` when Keycloak could not be told."""
        await self._over(request.session)
        await self._tell(request.refresh_token)
        return SignInEnded(session=request.session)

    async def ended_elsewhere(self, request: EndedElsewhere) -> SignInEnded:
        """What Keycloak says has ended; `Refused` (400) when it is not Keycloak that says so."""
        claims = await logout_claims(self._federation, request.logout_token)
        session, subject = str(claims.get("sid", "")), str(claims.get("sub", ""))
        await self._over(session)
        if session:
            return SignInEnded(session=session)
        person = (await self._accounts.current()).by_subject.get(subject)
        return SignInEnded(principal=person.principal.id if person else "")

    async def _tell(self, refresh_token: str) -> None:
        settings, where = self._federation.settings, self._federation.keys.endpoint("end_session_endpoint")
        form = {"client_id": settings.client, "client_secret": settings.client_secret.get_secret_value()}
        try:
            reply = await self._federation.http.post(where, data=form | {"refresh_token": refresh_token})
        except httpx.HTTPError as error:
            raise self._away() from error
        if reply.status_code >= 500:
            raise self._away()

    async def _over(self, session: str) -> None:
        if session:
            await self._federation.sessions.end(session)

    async def _found(self, given: Mapping[str, Any]) -> SignInTokens:
        token = str(given["access_token"])
        _, caller = await self._admission.present(Credential(token=token))
        identity = await self._federation.tokens.identity(token)
        lives, longer = int(identity.expires_at - time.time()), int(given.get("refresh_expires_in", 0))
        return SignInTokens(
            access_token=token,
            expires_in=max(0, lives),
            refresh_token=str(given.get("refresh_token", "")),
            refresh_expires_in=longer,
            principal=caller.principal.id,
            session=identity.session,
        )

    async def _tokens(self, redirect_uri: str, **form: str) -> Mapping[str, Any]:
        where = self._federation.keys.endpoint("token_endpoint")
        async with self._client(redirect_uri) as client:
            try:
                found: Mapping[str, Any] = await client.fetch_token(where, **form)
            except OAuthError as error:
                raise self._said(error) from error
            except (httpx.HTTPError, ValueError) as error:
                raise self._away() from error
        return found

    def _said(self, error: OAuthError) -> Refused:
        if error.error in ("invalid_client", "unauthorized_client"):
            log.error("Keycloak does not take CLOISTER_CLIENT with CLOISTER_CLIENT_SECRET: %s", error)
            return Unavailable(
                "Keycloak does not take Cloister's own secret. Ask an administrator.", "issuer_unavailable"
            )
        log.warning("Keycloak refuses a sign-in: %s", error)
        return Refused("sign_in_over", OVER, 401)

    def _away(self) -> Unavailable:
        problem = self._federation.keys.problem or "Keycloak does not answer."
        return Unavailable(f"The sign-in cannot go on now. {problem}", "issuer_unavailable")

    def _client(self, redirect_uri: str) -> AsyncOAuth2Client:
        settings = self._federation.settings
        return AsyncOAuth2Client(
            settings.client,
            settings.client_secret.get_secret_value(),
            redirect_uri=redirect_uri,
            scope="openid",
            code_challenge_method="S256",
            timeout=SECONDS,
        )
