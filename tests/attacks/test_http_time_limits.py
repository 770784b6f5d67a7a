"""What is begun and not gone on with is ended: nobody keeps lines open for nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from shared.http import limits
from shared.http.limits import LimitedProtocol
from shared.http.serving import Server

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
OK = b"HTTP/1.1 200"
MANY = 40
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Takes the whole body; `/much` is answered with more than any buffer holds."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(400 if scope["path"] == "/much" else 1):
        await send({"type": "http.response.body", "body": b"a" * 65_536, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def until(look: Callable[[], bool]) -> None:
    """Uvicorn tells of neither by an event."""
    async with asyncio.timeout(5):
        while not look():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    monkeypatch.setattr(limits, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.3)
    monkeypatch.setattr(limits, "READER_SECONDS", 0.3)
    config = uvicorn.Config(app, http=LimitedProtocol, port=0, log_config=None, lifespan="off", timeout_keep_alive=1)
    found = Server(config)
    serving = asyncio.create_task(found.serve())
    await until(lambda: found.started)
    yield found
    found.should_exit = True
    await serving


async def line(server: Server, said: bytes = b"") -> Line:
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    return reader, writer


async def heard(found: Line, seconds: float = 3) -> bytes:
    """All that comes until the server hangs up; TimeoutError when it does not."""
    try:
        return await asyncio.wait_for(found[0].read(), seconds)
    except ConnectionResetError:
        return b""


async def trickled(found: Line, piece: bytes, every: float = 0.05) -> None:
    """Piece after piece, until the server hangs up; TimeoutError when it does not."""

    async def say() -> None:
        while True:
            found[1].write(piece)
            await found[1].drain()
            await asyncio.sleep(every)

    saying = asyncio.create_task(say())
    try:
        await heard(found)
    finally:
        saying.cancel()
        await asyncio.gather(saying, return_exceptions=True)


@pytest.mark.parametrize("begun", [b"", b"POST", HEAD, HEAD + b"X-Half: "])
async def test_lines_that_stop_in_their_head_are_closed_all_of_them(server: Server, begun: bytes) -> None:
    lines = [await line(server, begun) for _ in range(MANY)]
    began = time.monotonic()
    await asyncio.gather(*map(heard, lines))
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("piece", [b"X: y\r\n", b"\r\n"])
async def test_a_head_that_trickles_is_closed(server: Server, piece: bytes) -> None:
    start = HEAD if piece != b"\r\n" else b""
    await trickled(await line(server, start), piece)


async def test_a_body_that_stops_or_trickles_is_closed(server: Server) -> None:
    await heard(await line(server, HEAD + b"Content-Length: 100000\r\n\r\nabc"))
    await trickled(await line(server, HEAD + b"Content-Length: 100000\r\n\r\n"), b"a")
    await trickled(await line(server, HEAD + b"Transfer-Encoding: chunked\r\n\r\n"), b"1\r\na\r\n")


async def test_empty_lines_between_requests_do_not_keep_a_line_open(server: Server) -> None:
    found = await line(server, HEAD + b"Content-Length: 0\r\n\r\n")
    assert (await found[0].read(65_536)).startswith(OK)
    await trickled(found, b"\r\n")


async def test_a_reader_who_takes_nothing_is_left(server: Server) -> None:
    await line(server, b"GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await until(lambda: not server.server_state.connections)


async def test_a_slow_but_steady_upload_and_a_quick_one_arrive(server: Server) -> None:
    slow = await line(server, HEAD + b"Content-Length: 4000\r\n\r\n")
    for _ in range(10):
        slow[1].write(b"a" * 400)
        await asyncio.sleep(0.1)
    assert (await slow[0].read(65_536)).startswith(OK)
    quick = await line(server, HEAD + b"Content-Length: 8000000\r\n\r\n" + b"a" * 8_000_000)
    assert (await quick[0].read(65_536)).startswith(OK)


async def test_requests_one_after_the_other_share_a_line(server: Server) -> None:
    found = await line(server)
    for _ in range(3):
        found[1].write(HEAD + b"Content-Length: 3\r\n\r\nabc")
        reply = b""
        while not reply.endswith(b"0\r\n\r\n"):
            reply += await asyncio.wait_for(found[0].read(65_536), 2)
        assert reply.startswith(OK)
        await asyncio.sleep(0.4)
