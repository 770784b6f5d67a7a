"""A stand-in for Cloister's HTTP interface: replies as the test says, and keeps what was asked."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest


@dataclass
class HttpStub:
    """`replies` by method and path: a status with a JSON body, or bytes to send as an event stream."""

    url: str
    replies: dict[str, list[Any]] = field(default_factory=dict)
    asked: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def says(self, call: str, *replies: Any) -> None:
        """One after the other; the last one from then on."""
        self.replies[call] = list(replies)

    def bodies(self, call: str) -> list[Any]:
        """The JSON that came to a call."""
        return [json.loads(body) for name, body, _ in self.asked if name == call]


def events(*frames: tuple[str, dict[str, Any]]) -> bytes:
    """Server-sent events."""
    return b"".join(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode() for name, data in frames)


def _handler(stub: HttpStub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            call = f"{self.command} {self.path.split('?')[0]}"
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            stub.asked.append((call, body, dict(self.headers)))
            waiting = stub.replies.get(call) or [(404, {"error": f"no {call}", "reason": "not_found"})]
            found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            status, data = (200, found) if isinstance(found, bytes) else (found[0], json.dumps(found[1]).encode())
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            if status == 503:
                self.send_header("retry-after", "0")
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = reply

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler


@pytest.fixture
def stub() -> Iterator[HttpStub]:
    made = HttpStub("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    made.url = f"http://127.0.0.1:{server.server_port}"
    serving = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    serving.start()
    yield made
    server.shutdown()
    server.server_close()
