"""HTTP calls to Cloister: JSON, server-sent events, and errors as `Refused`."""

import json
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from client.sdk.errors import Refused, TimedOut, Unreachable

ANSWER_SECONDS = 330  # the gateway itself gives up after 300
LOCAL = {"127.0.0.1", "localhost", "::1"}


@dataclass(slots=True)
class ServerEvent:
    """One server-sent event."""

    name: str
    data: dict[str, Any]
    place: str = ""


class HttpTransport:
    """The HTTP connection of `Http`. Thread-safe."""

    def __init__(self, url: str, token: str = "", *, timeout: float = ANSWER_SECONDS) -> None:
        self.url, self.token = url.rstrip("/"), token
        self.client = httpx.Client(**client_options(self.url, timeout))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.client.close()

    def reply(self, method: str, path: str, **given: Any) -> httpx.Response:
        """The whole response; `Refused` if its status is not 2xx."""
        with self._open(method, path, given) as response:
            response.read()
            return response

    def call(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        """The JSON object of the response."""
        found: dict[str, Any] = self.reply(method, path, **given).json()
        return found

    def events(self, method: str, path: str, **given: Any) -> Iterator[ServerEvent]:
        """Server-sent events as they arrive; an `error` event raises `Refused`."""
        with self._open(method, path, given) as response:
            yield from parse_events(response.iter_lines())

    @contextmanager
    def _open(self, method: str, path: str, given: dict[str, Any]) -> Iterator[httpx.Response]:
        """A streamed response; `Refused` for an error status, or when the connection fails before its end."""
        try:
            with self.client.stream(method, path, **with_token(given, self.token)) as response:
                if not response.is_success:
                    response.read()
                    raise refused(response)
                yield response
        except httpx.TransportError as error:
            raise unreachable(self.url, error) from error


def client_options(url: str, timeout: float) -> dict[str, Any]:
    """What both of httpx's clients are made with."""
    environment = not local(url)
    timeouts = httpx.Timeout(timeout, connect=5)
    return {"base_url": url, "timeout": timeouts, "trust_env": environment, "verify": authorities(environment)}


@cache
def authorities(environment: bool) -> ssl.SSLContext:
    """Whose certificates are trusted, also by SSL_CERT_FILE of the environment. Reading them takes 20 ms: once."""
    return httpx.create_ssl_context(trust_env=environment)


def with_token(given: dict[str, Any], token: str) -> dict[str, Any]:
    """The arguments of a request, with the token in its headers."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return given | {"headers": headers | given.get("headers", {})}


def unreachable(url: str, error: Exception) -> Refused:
    """What a failed connection means."""
    if isinstance(error, httpx.ReadTimeout):
        return TimedOut(f"{url} did not answer in time. Ask again, or raise the timeout.")
    return Unreachable(f"{url} cannot be reached ({error}). Start it with `cloister up`, or check the URL.")


def refused(response: httpx.Response) -> Refused:
    """The error in a response."""
    try:
        body = response.json()
        reason, words = str(body["reason"]), str(body["error"])
    except (ValueError, KeyError, TypeError):
        reason, words = (
            "http_error",
            f"{response.url} replied {response.status_code} without a reason. Check that it is Cloister.",
        )
    later = response.headers.get("retry-after", "")
    return Refused(reason, words, response.status_code, float(later) if later.isdigit() else None)


class EventLines:
    """Events from the lines of a `text/event-stream`; comments are skipped, an `error` event raises `Refused`."""

    def __init__(self) -> None:
        self._name, self._place, self._data = "message", "", list[str]()

    def feed(self, line: str) -> ServerEvent | None:
        """The event that this line ends, if it ends one."""
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if line == "":
            name, data, self._name, self._data = self._name, self._data, "message", []
            return _event(name, data, self._place) if data else None
        if field == "event":
            self._name = value
        elif field == "id":
            self._place = value
        elif field == "data":
            self._data.append(value)
        return None


def _event(name: str, lines: list[str], place: str) -> ServerEvent:
    data = json.loads("\n".join(lines))
    if name == "error":
        raise Refused(data.get("reason", "failed"), data.get("error", "It failed."))
    return ServerEvent(name, data, place)


def parse_events(lines: Iterable[str]) -> Iterator[ServerEvent]:
    """The events in these lines."""
    found = EventLines()
    yield from (event for line in lines if (event := found.feed(line)))


def local(url: str) -> bool:
    """Whether the URL is this machine: no proxy is used, and the machine's admin password may be sent."""
    return (urlsplit(url).hostname or "") in LOCAL


def without_none(**fields: Any) -> dict[str, Any]:
    """The fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}
