"""Requests of the browser sign-in through Keycloak."""

from pydantic import Field

from shared.events.message import Model, Request


class SignInBegun(Model):
    """Where the browser goes, and what must be remembered until it comes back."""

    url: str
    state: str = Field(repr=False)
    nonce: str = Field(repr=False)
    verifier: str = Field(repr=False)


class BeginSignIn(Request[SignInBegun], subject="auth.begin_sign_in.v1"):
    """A sign-in that ends at `redirect_uri`."""

    redirect_uri: str


class SignInTokens(Model):
    """What Keycloak gave: tokens, their seconds to live, and whose they are. `session` is Keycloak's."""

    access_token: str = Field(repr=False)
    expires_in: int
    refresh_token: str = Field(repr=False)
    refresh_expires_in: int
    principal: str
    session: str = ""


class CompleteSignIn(Request[SignInTokens], subject="auth.complete_sign_in.v1"):
    """The browser came back with `code`."""

    redirect_uri: str
    code: str = Field(repr=False)
    nonce: str = Field(repr=False)
    verifier: str = Field(repr=False)
    source: str = ""


class RenewSignIn(Request[SignInTokens], subject="auth.renew_sign_in.v1"):
    """New tokens; refused once the sign-in has ended at Keycloak."""

    refresh_token: str = Field(repr=False)


class SignInEnded(Model):
    """Whose sign-in is over: all of `principal`'s, or the one of Keycloak's `session`."""

    principal: str = ""
    session: str = ""


class EndSignIn(Request[SignInEnded], subject="auth.end_sign_in.v1"):
    """End the sign-in at Keycloak, too."""

    refresh_token: str = Field(repr=False)
    session: str = ""


class EndedElsewhere(Request[SignInEnded], subject="auth.ended_elsewhere.v1"):
    """Keycloak's own word, signed, that a sign-in has ended (back-channel logout)."""

    logout_token: str = Field(repr=False)


class SignInWays(Model):
    """How people may sign in: `company` with an account of the company's `issuer`, beside local accounts."""

    company: bool
    issuer: str = ""


class ListSignInWays(Request[SignInWays], subject="auth.list_sign_in_ways.v1"):
    """What may a sign-in page offer?"""
