"""Formats events as `text/event-stream`."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from services.gateway.http.responses import error_body, progress_body, reply_body
from services.gateway.queries.stream_reader import StreamEvent, StreamReader
from shared.events import QueryAnswered

# Proxies must neither keep nor collect the frames.
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def frame(name: str, data: Any, place: str = "") -> bytes:
    """One event, with `place` as its id."""
    return format_sse_event(data_str=orjson.dumps(data).decode(), event=name, id=place or None)


def framed(heard: StreamEvent, newest: Mapping[str, int] | None = None) -> bytes:
    """What a reader heard, as a frame."""
    match heard.name:
        case "beat":
            return KEEPALIVE_COMMENT
        case "token" | "reasoning":
            return frame(heard.name, {"text": heard.data}, heard.place)
        case "progress":
            return frame("progress", progress_body(heard.data), heard.place)
        case "sources":
            return frame("sources", {"sources": [source.model_dump() for source in heard.data]}, heard.place)
        case "restart":
            return frame("restart", {}, heard.place)
        case "answer":
            return ended(heard.data, heard.place, newest)


def ended(answer: QueryAnswered, place: str, newest: Mapping[str, int] | None) -> bytes:
    """The last frame: the answer, or why there is none."""
    if refusal := error_body(answer):
        return frame("error", refusal, place)
    return frame("answer", reply_body(answer, newest), place)


def stream(reader: StreamReader, query: str) -> StreamingResponse:
    """A call as server-sent events; the first names the query, so that a lost reader can come back."""

    async def frames() -> AsyncIterator[bytes]:
        yield frame("progress", {"stage": "asked", "query_id": query})
        async for heard in reader:
            yield framed(heard, reader.newest)

    return streamed(frames(), query)


def streamed(frames: AsyncIterator[bytes], query: str) -> StreamingResponse:
    """Frames of a query, which a header names."""
    return StreamingResponse(frames, media_type="text/event-stream", headers=HEADERS | {"X-Query-Id": query})
