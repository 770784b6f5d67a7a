"""A browser's cookies by hand: httpx does not send `Secure` ones to loopback, and browsers do."""

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import httpx


@dataclass
class Browser:
    """Keeps the cookies of one site; `csrf` is sent with changes once it is known."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """With which a stream is asked for, too."""
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        return cookies | ({"X-CSRF-Token": self.csrf} if self.csrf else {})

    def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        reply = httpx.request(
            method, f"{self.base}{path}", headers=self.headers | given.pop("headers", {}), timeout=30, **given
        )
        for line in reply.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.raw[name] = line
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return reply

    def session(self) -> dict[str, Any]:
        """GET /auth/session, whose `csrf` is kept."""
        found: dict[str, Any] = self.call("GET", "/auth/session").json()
        self.csrf = found["session"]["csrf"] if found["signed_in"] else ""
        return found
