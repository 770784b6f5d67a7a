"""HTTP calls as Cloister answers them: JSON in and out, server-sent events, refusals as `Refused`."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from client.sdk.errors import Refused, TimedOut, Unreachable

ANSWER_SECONDS = 330  # the gateway itself gives up after 300
LOCAL = {"127.0.0.1", "localhost", "::1"}


@dataclass(slots=True)
class Heard:
    """One server-sent event."""

    name: str
    data: dict[str, Any]
    place: str = ""


class Calls:
    """The connection under `Http`; several threads may use it at once."""

    def __init__(self, url: str, token: str = "", *, timeout: float = ANSWER_SECONDS) -> None:
        self.url = url.rstrip("/")
        self.client = httpx.Client(
            base_url=self.url, timeout=httpx.Timeout(timeout, connect=5), trust_env=not local(self.url)
        )
        self.token = token

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.client.close()

    def reply(self, method: str, path: str, **given: Any) -> httpx.Response:
        """A whole response of status 2xx; `Refused` otherwise."""
        with self._open(method, path, given) as response:
            response.read()
            return response

    def call(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        """Its JSON object."""
        found: dict[str, Any] = self.reply(method, path, **given).json()
        return found

    def events(self, method: str, path: str, **given: Any) -> Iterator[Heard]:
        """Server-sent events as they come; an `error` event is raised."""
        with self._open(method, path, given) as response:
            try:
                for heard in frames(response.iter_lines()):
                    if heard.name == "error":
                        raise Refused(heard.data.get("reason", "failed"), heard.data.get("error", "It failed."))
                    yield heard
            except httpx.TransportError as error:
                raise self._unreachable(error) from error

    def _open(self, method: str, path: str, given: dict[str, Any]) -> "Opened":
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        request = self.client.build_request(method, path, headers=headers | given.pop("headers", {}), **given)
        return Opened(self, request)

    def _unreachable(self, error: Exception) -> Refused:
        if isinstance(error, httpx.ReadTimeout):
            return TimedOut(f"{self.url} did not answer in time. Ask again, or give it longer.")
        return Unreachable(f"{self.url} cannot be reached ({error}). Start it with `cloister up`, or check the URL.")


class Opened:
    """A response while it is read; its refusal, raised."""

    def __init__(self, calls: Calls, request: httpx.Request) -> None:
        self.calls, self.request = calls, request

    def __enter__(self) -> httpx.Response:
        try:
            self.response = self.calls.client.send(self.request, stream=True)
        except httpx.TransportError as error:
            raise self.calls._unreachable(error) from error
        if self.response.is_success:
            return self.response
        self.response.read()
        self.response.close()
        raise refused(self.response)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.response.close()


def refused(response: httpx.Response) -> Refused:
    """What a response of another status says."""
    try:
        body = response.json()
        reason, words = str(body["reason"]), str(body["error"])
    except (ValueError, KeyError, TypeError):
        reason, words = "http_error", f"{response.url} replied {response.status_code} and no reason. Is it Cloister?"
    later = response.headers.get("retry-after", "")
    return Refused(reason, words, response.status_code, float(later) if later.isdigit() else None)


def frames(lines: Iterable[str]) -> Iterator[Heard]:
    """`text/event-stream` lines to events; comments are left out."""
    name, place, data = "message", "", list[str]()
    for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if line == "":
            if data:
                yield Heard(name, json.loads("\n".join(data)), place)
            name, data = "message", []
        elif field == "event":
            name = value
        elif field == "id":
            place = value
        elif field == "data":
            data.append(value)


def local(url: str) -> bool:
    """Is it this machine? Then no proxy is asked, and the machine's own admin password may be sent."""
    return (urlsplit(url).hostname or "") in LOCAL


def given(**fields: Any) -> dict[str, Any]:
    """Those that say something."""
    return {name: value for name, value in fields.items() if value is not None}
