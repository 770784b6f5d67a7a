"""Nobody without a credential slows Cloister down for others: what they send has a size, and what they get back too."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from tests.support.company import Company

# A pause that others notice; the machine of the tests may be busy itself.
NOTICED = 0.5
MB = 1 << 20


@contextmanager
def others_go_on(cloister: Company) -> Iterator[None]:
    """While the block runs, somebody else's calls never wait for long."""
    done, waits = Event(), list[float]()

    def ask() -> None:
        while not done.wait(0.01) or not waits:
            began = time.perf_counter()
            http.get("/healthz")
            waits.append(time.perf_counter() - began)

    with httpx.Client(base_url=cloister.system.base, timeout=30) as http:
        http.get("/healthz")
        asking = Thread(target=ask)
        asking.start()
        try:
            yield
        finally:
            done.set()
            asking.join()
    assert max(waits) < NOTICED, f"somebody else waited {max(waits):.2f} s"


def connected(cloister: Company) -> socket.socket:
    url = httpx.URL(cloister.system.base)
    return socket.create_connection((url.host, url.port or 80), 20)


def said(line: socket.socket, pieces: Iterator[bytes]) -> bytes:
    """What comes back to all that can be sent."""
    try:
        for piece in pieces:
            line.sendall(piece)
        return line.recv(65_536)
    except (ConnectionResetError, BrokenPipeError):
        return b"HTTP/1.1 431 (the line was cut)"


def endless(start: bytes, piece: bytes, size: int) -> Iterator[bytes]:
    yield start
    for _ in range(size // len(piece)):
        yield piece


BEGINNINGS = {
    "value of a header": (b"GET /api/me HTTP/1.1\r\nHost: localhost\r\nX-Long: ", b"a" * 65_536),
    "name of a header": (b"GET /api/me HTTP/1.1\r\nHost: localhost\r\n", b"a" * 65_536),
    "number of headers": (b"GET /api/me HTTP/1.1\r\nHost: localhost\r\n", b"a:b\r\n" * 13_107),
    "address": (b"GET /", b"a" * 65_536),
    "trailer": (
        b"POST /api/login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Long: ",
        b"a" * 65_536,
    ),
    "extension of a chunk": (
        b"POST /api/login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;x=",
        b"a" * 65_536,
    ),
}


@pytest.mark.parametrize("which", BEGINNINGS)
def test_an_endless_head_is_cut_and_nobody_waits(cloister: Company, which: str) -> None:
    start, piece = BEGINNINGS[which]
    with others_go_on(cloister), connected(cloister) as line:
        began = time.perf_counter()
        reply = said(line, endless(start, piece, 48 * MB))
    assert reply.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))
    assert time.perf_counter() - began < 5


def test_a_usual_head_passes(cloister: Company) -> None:
    headers = {"Authorization": "Bearer " + "a" * 8_000, "Cookie": "b" * 8_000} | {f"x-{n}": "c" for n in range(60)}
    assert httpx.get(f"{cloister.system.base}/api/me", headers=headers).status_code == 401


BODIES: dict[str, tuple[str, Callable[[], Any]]] = {
    "a field's name of a megabyte": ("/api/login", lambda: {"username": "a", "password": "b", "x" * (MB - 100): 1}),
    "a field's value of a megabyte": ("/api/login", lambda: {"username": "x" * (MB - 100), "password": "b"}),
    "fields in numbers": ("/api/login", lambda: {f"{n}": 0 for n in range(80_000)}),
    "messages in numbers": ("/v1/chat/completions", lambda: {"model": "cloister", "messages": [{}] * 260_000}),
    "wrong messages": ("/v1/chat/completions", lambda: {"model": "cloister", "messages": [{"role": 1}] * 900}),
    "pieces in numbers": (
        "/v1/chat/completions",
        lambda: {"model": "m", "messages": [{"role": "user", "content": [{}] * 900}] * 270},
    ),
    "texts in numbers": ("/v1/embeddings", lambda: {"model": "cloister", "input": [{}] * 260_000}),
    "wrong texts": ("/v1/embeddings", lambda: {"model": "cloister", "input": [[{}] * 2_000] * 130}),
    "workspaces in numbers": ("/api/chat", lambda: {"question": "a", "workspaces": [0] * 500_000}),
    "depth": ("/api/login", lambda: json.loads("[" * 900 + "]" * 900)),
}


@pytest.mark.parametrize("which", BODIES)
def test_a_body_to_complain_of_at_length_is_refused_in_short(cloister: Company, which: str) -> None:
    path, make = BODIES[which]
    body = json.dumps(make(), separators=(",", ":")).encode()
    assert len(body) < MB
    with others_go_on(cloister):
        began = time.perf_counter()
        reply = httpx.post(cloister.system.base + path, content=body, headers={"content-type": "application/json"})
        took = time.perf_counter() - began
    assert reply.status_code in (400, 401, 413, 422), reply.text[:200]
    assert len(reply.content) < 2_000
    assert took < NOTICED
