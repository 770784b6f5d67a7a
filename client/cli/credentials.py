"""Which Cloister, and as whom: options, environment, a stored sign-in, or this machine's own admin password."""

import json
import os
import time
from pathlib import Path
from typing import Any

from client.cli.company_login import renew
from client.private_file import replace, replace_json
from client.sdk.errors import Refused
from client.sdk.http import Http
from client.sdk.transport import local

EARLY_SECONDS = 30
NOBODY = "You are not signed in. Run `cloister login NAME`, or set CLOISTER_TOKEN to a token or an API key."


def address(given: str = "") -> str:
    """The URL, as an option or from the environment."""
    return given or os.environ.get("CLOISTER_URL") or f"http://127.0.0.1:{os.environ.get('CLOISTER_HTTP_PORT', '8000')}"


def connect(url: str = "", token: str = "") -> Http:
    """Signed in as whoever is known here; `Refused` (401) when that is nobody."""
    http = Http(address(url), token or os.environ.get("CLOISTER_TOKEN", "") or stored(address(url)))
    if not http.token:
        password = _admin_password() if local(http.url) else ""
        if not password:
            raise Refused("unauthenticated", NOBODY, 401)
        http.login("admin", password)
    return http


def store() -> Path:
    """Where sign-ins are kept, readable by their owner alone."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "cloister" / "token.json"


def stored(url: str) -> str:
    """The token of the last sign-in to this URL, while it is valid; one of the company's is renewed."""
    kept = _kept().get(url, {})
    if kept.get("refresh") and kept["expires_at"] - EARLY_SECONDS < time.time():
        return _renewed(url, kept)
    return str(kept["token"]) if kept.get("expires_at", 0) > time.time() else ""


def _renewed(url: str, kept: dict[str, Any]) -> str:
    try:
        signed = renew(kept["issuer"], kept["refresh"])
    except Refused as refused:
        if refused.status == 401:
            forget(url)
            return ""
        raise
    keep(url, kept["username"], signed | {"issuer": kept["issuer"]})
    return str(signed["access_token"])


def keep(url: str, username: str, signed: dict[str, Any]) -> None:
    """Remember a sign-in."""
    kept = {"username": username, "token": signed["access_token"], "expires_at": time.time() + signed["expires_in"]}
    if "issuer" in signed:
        kept |= {"issuer": signed["issuer"], "refresh": signed["refresh_token"]}
    _write(_kept() | {url: kept})


def renew_admin(url: str, username: str, password: str) -> None:
    """What the first start left in the home of this machine's Cloister is the password that holds."""
    path = home() / "admin-password"
    if username == "admin" and local(url) and path.exists():
        replace(path, password + "\n")


def forget(url: str) -> bool:
    """Sign out of this URL; False when nobody was signed in."""
    kept = _kept()
    known = kept.pop(url, None) is not None
    if known:
        _write(kept)
    return known


def _kept() -> dict[str, dict[str, Any]]:
    try:
        found: dict[str, dict[str, Any]] = json.loads(store().read_text())
    except (OSError, ValueError):
        return {}
    return found


def _write(kept: dict[str, dict[str, Any]]) -> None:
    path = store()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_json(path, kept)


def home() -> Path:
    """Where a Cloister of this machine keeps its state."""
    return Path(os.environ.get("CLOISTER_HOME", "var"))


def _admin_password() -> str:
    given = os.environ.get("CLOISTER_ADMIN_PASSWORD", "")
    named = os.environ.get("CLOISTER_ADMIN_PASSWORD_FILE")
    try:
        return given or (Path(named) if named else home() / "admin-password").read_text().strip()
    except OSError:
        return ""
