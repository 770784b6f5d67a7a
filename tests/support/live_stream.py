"""A question whose answer is being streamed while the test goes on, with the time of each event."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import httpx

from client import Http
from tests.support.browser import Browser


@dataclass
class LiveStream:
    """`events` as they come: seconds of the monotonic clock, name, data."""

    events: list[tuple[float, str, Any]] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)
    ended: bool = False
    query: str = ""

    @classmethod
    def open(cls, caller: Http | Browser, question: str, path: str = "/api/chat", **wish: Any) -> "LiveStream":
        """Returns when the first word has come."""
        self = cls.start(caller, question, path, **wish)
        self.until(lambda: self.text)
        return self

    @classmethod
    def start(cls, caller: Http | Browser, question: str, path: str = "/api/chat", **wish: Any) -> "LiveStream":
        """Returns at once."""
        self = cls()
        body = {"question": question, "stream": True} | wish
        threading.Thread(target=self._read, args=(caller, path, body), daemon=True).start()
        return self

    def _read(self, caller: Http | Browser, path: str, body: dict[str, Any]) -> None:
        name = "message"
        with _request(caller, path, body) as response:
            if response.status_code != 200:
                self._keep("refused", json.loads(response.read()))
            for line in response.iter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: {"):
                    self._keep(name, json.loads(line.removeprefix("data: ")))
        with self.came:
            self.ended = True
            self.came.notify_all()

    def _keep(self, name: str, data: Any) -> None:
        with self.came:
            self.query = self.query or data.get("query_id", "")
            self.events.append((time.monotonic(), name, data))
            self.came.notify_all()

    def until(self, found: Callable[[], Any], seconds: float = 20) -> Any:
        """What `found` gives, as soon as it gives something."""
        with self.came:
            assert self.came.wait_for(lambda: found() or self.ended, seconds), self.events
            assert found(), self.events
            return found()

    def end(self, seconds: float = 20) -> tuple[float, str, Any]:
        """The last event, once the stream is closed."""
        with self.came:
            assert self.came.wait_for(lambda: self.ended, seconds), self.events
            return self.events[-1]

    @property
    def text(self) -> str:
        """All that was told of the answer."""
        return "".join(data["text"] for _, name, data in self.events if name in ("token", "reasoning"))

    def told_after(self, moment: float) -> list[float]:
        """How long after `moment` words still came, in seconds."""
        return [at - moment for at, name, _ in self.events if name in ("token", "reasoning", "answer") and at > moment]


def _request(caller: Http | Browser, path: str, body: dict[str, Any]) -> AbstractContextManager[httpx.Response]:
    if isinstance(caller, Browser):
        return httpx.stream("POST", f"{caller.base}{path}", json=body, headers=caller.headers, timeout=60)
    headers = {"Authorization": f"Bearer {caller.token}"}
    return caller.client.stream("POST", path, json=body, headers=headers, timeout=60)
