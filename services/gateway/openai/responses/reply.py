"""Replies of /v1/responses, whole and as events."""

import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT

from services.gateway.http.responses import refused_by
from services.gateway.http.sse import streamed
from services.gateway.openai.annotations import annotations, cited
from services.gateway.openai.questions import AskedQuestion
from services.gateway.openai.responses.request import ResponseRequest
from services.gateway.queries.stream_reader import StreamEvent, StreamReader
from shared.errors import Refused
from shared.events import QueryAnswered, Usage


class Reply:
    """One response: its object as it grows, and the events that tell it."""

    def __init__(self, wanted: ResponseRequest, asked: AskedQuestion) -> None:
        self._asked, self._number, self._text = asked, 0, ""
        query = asked.call.query
        self._item = {"id": f"msg_{query}", "type": "message", "role": "assistant"}
        self._place = {"item_id": self._item["id"], "output_index": 0, "content_index": 0}
        form = wanted.text.format or {"type": "text"}
        self._body: dict[str, Any] = {
            "id": f"resp_{query}",
            "object": "response",
            "created_at": int(time.time()),
            "status": "in_progress",
            "error": None,
            "incomplete_details": None,
            "instructions": wanted.instructions,
            "max_output_tokens": wanted.max_output_tokens,
            "model": wanted.model,
            "output": [],
            "parallel_tool_calls": False,
            "previous_response_id": wanted.previous_response_id,
            "reasoning": {"effort": None, "summary": None},
            "store": wanted.store,
            "temperature": wanted.temperature,
            "text": {"format": form},
            "tool_choice": "none",
            "tools": [],
            "top_p": wanted.top_p,
            "truncation": "disabled",
            "usage": None,
            "metadata": wanted.metadata,
        }

    def whole(self, answer: QueryAnswered) -> dict[str, Any]:
        """The object of an answer that is there."""
        marks = self._asked.marks
        self._text += marks.feed(answer.answer or "") + marks.finish()
        return self._completed(answer)

    def begun(self) -> bytes:
        """The first events."""
        item = self._item | {"status": "in_progress", "content": []}
        return (
            self._event("response.created", response=self._body)
            + self._event("response.in_progress", response=self._body)
            + self._event("response.output_item.added", output_index=0, item=item)
            + self._event("response.content_part.added", **self._place, part=_part("", []))
        )

    def framed(self, heard: StreamEvent) -> bytes:
        """What a reader heard, as events."""
        match heard.name:
            case "token":
                return self._delta(self._asked.marks.feed(heard.data)) or KEEPALIVE_COMMENT
            case "restart":
                return self._delta(self._asked.marks.restart())
            case "answer":
                refused = refused_by(heard.data)
                return self._failed(refused) if refused else self._ended(heard.data)
        return KEEPALIVE_COMMENT

    def _delta(self, text: str) -> bytes:
        self._text += text
        return self._event("response.output_text.delta", **self._place, delta=text, logprobs=[]) if text else b""

    def _ended(self, answer: QueryAnswered) -> bytes:
        frames = self._delta(self._asked.marks.finish())
        body = self._completed(answer)
        (item,) = body["output"]
        (part,) = item["content"]
        for n, one in enumerate(part["annotations"]):
            about = {"annotation_index": n, "annotation": one}
            frames += self._event("response.output_text.annotation.added", **self._place, **about)
        frames += self._event("response.output_text.done", **self._place, text=self._text, logprobs=[])
        frames += self._event("response.content_part.done", **self._place, part=part)
        frames += self._event("response.output_item.done", output_index=0, item=item)
        return frames + self._event(f"response.{body['status']}", response=body)

    def _failed(self, refused: Refused) -> bytes:
        error = {"code": refused.reason, "message": refused.error}
        return self._event("response.failed", response=self._body | {"status": "failed", "error": error})

    def _completed(self, answer: QueryAnswered) -> dict[str, Any]:
        asked, cut = self._asked, answer.finish == "length"
        found = [{"type": "url_citation"} | one for one in annotations(answer, asked.marks, asked.base)]
        item = self._item | {"status": "completed", "content": [_part(self._text, found)]}
        more = {"output": [item], "usage": _usage(answer.usage), "citations": cited(answer, asked.marks)}
        if cut:
            more |= {"incomplete_details": {"reason": "max_output_tokens"}}
        return self._body | more | {"status": "incomplete" if cut else "completed"}

    def _event(self, kind: str, **fields: Any) -> bytes:
        body = {"type": kind, "sequence_number": self._number} | fields
        self._number += 1
        return b"event: " + kind.encode() + b"\ndata: " + orjson.dumps(body) + b"\n\n"


def stream(reader: StreamReader, reply: Reply, query: str) -> StreamingResponse:
    """A call as the events of a response."""

    async def frames() -> AsyncIterator[bytes]:
        yield reply.begun()
        async for heard in reader:
            yield reply.framed(heard)

    return streamed(frames(), query)


def _part(text: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": found, "logprobs": []}


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
