"""Finds the server and the credentials: options, environment, a stored sign-in, or this machine's admin password."""

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client.cli.company_login import renew_tokens
from client.private_file import replace, replace_json
from client.sdk.errors import Refused
from client.sdk.http import Http
from client.sdk.transport import local

EARLY_SECONDS = 30
NOT_SIGNED_IN = "You are not signed in. Run `cloister login NAME`, or set CLOISTER_TOKEN to a token or an API key."
AS_ADMIN = "To act as admin on this machine, set CLOISTER_ADMIN_PASSWORD, or CLOISTER_HOME: {} is missing."


def address(given: str = "") -> str:
    """The server's URL from the option or the environment."""
    return given or os.environ.get("CLOISTER_URL") or f"http://127.0.0.1:{os.environ.get('CLOISTER_HTTP_PORT', '8000')}"


@dataclass(frozen=True)
class Credential:
    """A token or the administrator's password, and where it comes from.

    `name` is known only for a stored sign-in and for admin.
    """

    source: str
    name: str = ""
    token: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def hint(self) -> str:
        """What to do when it is the wrong person's."""
        if not self.name:
            return f"You act by {self.source}, see `cloister whoami`. Leave it out to act as `cloister login` says."
        return f"You act as {self.name}, by {self.source}. `cloister login NAME` signs in somebody else."


def connect(url: str = "", token: str = "") -> Http:
    """A signed-in connection; `Refused` (401) without credentials."""
    return connect_with(credential_in_use(url, token), url)


def connect_with(credential: Credential, url: str = "") -> Http:
    """A connection that is signed in by this credential; `Refused` (401) if it has neither token nor password."""
    http = Http(address(url), credential.token)
    if credential.password:
        http.login(credential.name, credential.password)
    elif not credential.token:
        here = f" {AS_ADMIN.format(admin_password_file())}" if local(http.url) else ""
        raise Refused("unauthenticated", NOT_SIGNED_IN + here, 401)
    return http


def credential_in_use(url: str = "", token: str = "") -> Credential:
    """The first that there is: the option's, the environment's, a stored sign-in, this machine's admin password."""
    if token:
        return Credential("--token", token=token)
    if given := os.environ.get("CLOISTER_TOKEN"):
        return Credential("CLOISTER_TOKEN", token=given)
    if stored := stored_token(address(url)):
        return Credential("cloister login", str(_sign_ins()[address(url)]["username"]), token=stored)
    if local(address(url)) and (password := admin_password()):
        source = "CLOISTER_ADMIN_PASSWORD" if os.environ.get("CLOISTER_ADMIN_PASSWORD") else str(admin_password_file())
        return Credential(source, "admin", password=password)
    return Credential("nothing")


def token_file() -> Path:
    """The file of stored sign-ins (mode 0600)."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "cloister" / "token.json"


def stored_token(url: str) -> str:
    """The valid token of the last sign-in to this URL, or an empty string. A company's token is renewed."""
    sign_in = _sign_ins().get(url, {})
    if sign_in.get("refresh") and sign_in["expires_at"] - EARLY_SECONDS < time.time():
        return _renew(url, sign_in)
    return str(sign_in["token"]) if sign_in.get("expires_at", 0) > time.time() else ""


def _renew(url: str, sign_in: dict[str, Any]) -> str:
    try:
        signed = renew_tokens(sign_in["issuer"], sign_in["refresh"])
    except Refused as refused:
        if refused.status == 401:
            forget_sign_in(url)
            return ""
        raise
    store_sign_in(url, sign_in["username"], signed | {"issuer": sign_in["issuer"]})
    return str(signed["access_token"])


def store_sign_in(url: str, username: str, signed: dict[str, Any]) -> None:
    """Store a sign-in."""
    sign_in = {"username": username, "token": signed["access_token"], "expires_at": time.time() + signed["expires_in"]}
    if "issuer" in signed:
        sign_in |= {"issuer": signed["issuer"], "refresh": signed["refresh_token"]}
    _write_sign_ins(_sign_ins() | {url: sign_in})


def replace_admin_password(url: str, username: str, password: str) -> None:
    """Replace the administrator's password in the home of this machine, if it is stored there."""
    path = home() / "admin-password"
    if username == "admin" and local(url) and path.exists():
        replace(path, password + "\n")


def forget_sign_in(url: str) -> bool:
    """Forget the sign-in to this URL; False if there was none."""
    sign_in = _sign_ins()
    known = sign_in.pop(url, None) is not None
    if known:
        _write_sign_ins(sign_in)
    return known


def _sign_ins() -> dict[str, dict[str, Any]]:
    try:
        found: dict[str, dict[str, Any]] = json.loads(token_file().read_text())
    except (OSError, ValueError):
        return {}
    return found


def _write_sign_ins(sign_in: dict[str, dict[str, Any]]) -> None:
    path = token_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_json(path, sign_in)


def home() -> Path:
    """The folder with the state of this machine's Cloister."""
    return Path(os.environ.get("CLOISTER_HOME", "var"))


def admin_password_file() -> Path:
    """The file with the administrator's password of this machine."""
    return Path(os.environ.get("CLOISTER_ADMIN_PASSWORD_FILE") or home() / "admin-password")


def admin_password() -> str:
    """From CLOISTER_ADMIN_PASSWORD, or the file; empty if neither has it."""
    given = os.environ.get("CLOISTER_ADMIN_PASSWORD", "")
    try:
        return given or admin_password_file().read_text().strip()
    except OSError:
        return ""
