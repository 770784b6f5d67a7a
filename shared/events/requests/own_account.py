"""Requests about one's own account: password and sign-ins."""

from pydantic import Field

from shared.events.access import Credential
from shared.events.message import Model, Request


class PasswordSet(Model):
    """Whose it is. Who set their own gets a token in the place of all earlier ones, good for `expires_in` seconds."""

    username: str
    access_token: str = Field(default="", repr=False)
    expires_in: int = 0


class SetPassword(Request[PasswordSet], subject="auth.set_password.v1"):
    """One's own with the `current` one, from the address `source`; that of another `username` as an administrator."""

    credential: Credential
    username: str = ""
    current: str = Field(default="", repr=False)
    password: str = Field(repr=False)
    source: str = ""


class SignedOut(Model):
    """Whose tokens are over."""

    username: str


class SignOut(Request[SignedOut], subject="auth.sign_out.v1"):
    """The token alone, or `everywhere`; somebody else's `token`, or everywhere, as an administrator."""

    credential: Credential
    username: str = ""
    everywhere: bool = False
    token: str = Field(default="", repr=False)


class SessionHolder(Model):
    """Whose sessions: `principal`, who signs in with the company's account or a local one. `by` is who asks."""

    principal: str
    company: bool
    by: str


class SessionsOf(Request[SessionHolder], subject="auth.sessions_of.v1"):
    """May the caller see and end the sessions of `username`? Administrators may, and everybody their own."""

    credential: Credential
    username: str
