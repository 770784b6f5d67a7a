"""HTTP/1.1 with limits on the size and time of heads, bodies and slow readers."""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_BYTES = 32_768  # the request line and all headers; a token is 8 KB at most
PIECE = 16_384
HEADERS = 100
HEAD_SECONDS = 10.0
BODY_SECONDS = 15.0  # between two looks at a body's pace
BODY_PACE = 512  # bytes a second: slower than any line that can carry a document
READER_SECONDS = 60.0  # a reader who takes nothing for so long has gone
TOO_LARGE = b'{"error":"The address and the headers are too long. Send less than 32 KiB of them.","reason":"too_big"}'


class LimitedProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, which sets no bound to a head and waits for ever for what was begun."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Bytes of a request: of its body, of it in this piece, at the last look; and those that are no body.
        self._body, self._body_here, self._body_before, self._framing = 0, 0, 0, 0
        self._too_large = False
        self._limit: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._set(HEAD_SECONDS, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._set(0, None)
        self._read_on()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._limit is None and (self.cycle is None or self.cycle.response_complete):
            self._set(HEAD_SECONDS, self.transport.abort)  # empty lines are no request, and end the keep-alive's wait
        # In pieces: the parser joins what belongs to one name or value, and that takes the square of its length.
        for start in range(0, len(data), PIECE):
            if self.transport.is_closing():
                return
            piece, self._body_here = data[start : start + PIECE], 0
            super().data_received(piece)
            self._framing += len(piece) - self._body_here
            if self._framing > HEAD_BYTES + PIECE + self._body and not self.transport.is_closing():
                self._too_large = True
                self.send_400_response("")

    def send_400_response(self, msg: str) -> None:
        if not self._too_large:
            return super().send_400_response(msg)
        head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(TOO_LARGE)
        self.transport.write(STATUS_LINE[431] + head + TOO_LARGE)
        self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._body = self._body_before = self._framing = 0
        self._set(HEAD_SECONDS, self.transport.abort)

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > HEADERS:
            self._too_large = True
            raise ValueError("too many headers")

    def on_headers_complete(self) -> None:
        self._set(BODY_SECONDS, self._look_at_body)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        self._body_here += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._set(0, None)
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self._stalled or self.loop.call_later(READER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._read_on()

    def _read_on(self) -> None:
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None

    def _look_at_body(self) -> None:
        # While reading is paused it is us who have not taken what came.
        if not self.flow.read_paused and self._body - self._body_before < BODY_SECONDS * BODY_PACE:
            return self.transport.abort()
        self._body_before = self._body
        self._set(BODY_SECONDS, self._look_at_body)

    def _set(self, seconds: float, then: Callable[[], None] | None) -> None:
        if self._limit:
            self._limit.cancel()
        self._limit = self.loop.call_later(seconds, then) if then else None
