"""Signs in at the company's issuer from a terminal, by a code that a browser confirms (RFC 8628)."""

import time
from collections.abc import Callable
from typing import Any

import httpx

from client.sdk.errors import Refused, TimedOut, Unreachable

CLIENT = "cloister-cli"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
WAITING = {"authorization_pending", "slow_down"}


def sign_in(issuer: str, show: Callable[[str, str], None]) -> dict[str, Any]:
    """The tokens, after somebody opened the address and confirmed the code given to `show`."""
    configuration = _get(f"{issuer}/.well-known/openid-configuration")
    if "device_authorization_endpoint" not in configuration:
        raise Refused(
            "no_company_sign_in", f"{issuer} offers no sign-in for terminals. Use `cloister login NAME`.", 404
        )
    device = _post(configuration["device_authorization_endpoint"], client_id=CLIENT, scope="openid")
    show(device.get("verification_uri_complete") or device["verification_uri"], device["user_code"])
    until, pause = time.monotonic() + device["expires_in"], float(device.get("interval", 5))
    while time.monotonic() < until:
        time.sleep(pause)
        found = _post(
            configuration["token_endpoint"], grant_type=DEVICE, device_code=device["device_code"], client_id=CLIENT
        )
        if "access_token" in found:
            return found
        pause += 5 if found.get("error") == "slow_down" else 0
    raise TimedOut("Nobody confirmed the code in time. Run `cloister login --company` again.")


def renew_tokens(issuer: str, refresh_token: str) -> dict[str, Any]:
    """New tokens; `Refused` (401) if the sign-in has ended."""
    endpoint = f"{issuer}/protocol/openid-connect/token"
    return _post(endpoint, grant_type="refresh_token", refresh_token=refresh_token, client_id=CLIENT)


def _get(url: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = httpx.get(url, timeout=10).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unreachable(f"The company's issuer cannot be reached ({error}). Try again later.") from error
    return found


def _post(url: str, **form: str) -> dict[str, Any]:
    try:
        reply = httpx.post(url, data=form, timeout=10)
        found: dict[str, Any] = reply.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unreachable(f"The company's issuer cannot be reached ({error}). Try again later.") from error
    if "error" in found and found["error"] not in WAITING:
        why = found.get("error_description", found["error"])
        raise Refused("unauthenticated", f"The issuer refuses ({why}). Run `cloister login --company` again.", 401)
    return found
