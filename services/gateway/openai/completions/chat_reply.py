"""Replies of /v1/chat/completions, whole and streamed."""

import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT

from services.gateway.http.errors import openai_error
from services.gateway.http.responses import refused_by
from services.gateway.http.sse import streamed
from services.gateway.openai.annotations import CitationNumbering, annotations, cited, wrapped
from services.gateway.queries.stream_reader import StreamEvent, StreamReader
from shared.events import QueryAnswered, Usage

DONE = b"data: [DONE]\n\n"


def completion(answer: QueryAnswered, model: str, marks: CitationNumbering, base: str) -> dict[str, Any]:
    """The whole reply; `base` is the address of the page."""
    text = marks.feed(answer.answer or "") + marks.finish()
    found = wrapped(annotations(answer, marks, base))
    message = {"role": "assistant", "content": text, "refusal": None, "annotations": found}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish or "stop"}
    shape = {"id": f"chatcmpl-{answer.query}", "object": "chat.completion", "created": int(time.time())}
    return shape | {
        "model": model,
        "system_fingerprint": answer.model,
        "choices": [choice],
        "usage": usage_body(answer.usage),
        "citations": cited(answer, marks),
    }


def usage_body(usage: Usage) -> dict[str, Any]:
    """Tokens under OpenAI's names."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }


class CompletionStream:
    """The frames of one streamed completion."""

    KIND, PREFIX = "chat.completion.chunk", "chatcmpl"

    def __init__(self, query: str, model: str, marks: CitationNumbering, base: str, with_usage: bool = False) -> None:
        self._model, self._marks, self._base, self._with_usage = model, marks, base, with_usage
        self._shape = {"id": f"{self.PREFIX}-{query}", "object": self.KIND, "created": int(time.time())}

    def chunk(self, delta: dict[str, Any], finish: str | None = None, **extra: Any) -> bytes:
        choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
        return self._frame({"choices": choices} | extra)

    def framed(self, heard: StreamEvent) -> bytes:
        """What a reader heard, as frames; places in the queue have none, but keep the connection alive."""
        match heard.name:
            case "token":
                return self._text(self._marks.feed(heard.data)) or KEEPALIVE_COMMENT
            case "reasoning":
                return self.chunk({"reasoning_content": heard.data})
            case "restart":
                return self.chunk({"content": self._marks.restart()})
            case "answer":
                return self._ended(heard.data)
        return KEEPALIVE_COMMENT

    def _text(self, text: str) -> bytes:
        return self.chunk({"content": text}) if text else b""

    def _ended(self, answer: QueryAnswered) -> bytes:
        if refused := refused_by(answer):
            return b"data: " + orjson.dumps(openai_error(refused)) + b"\n\n" + DONE
        last = self._text(self._marks.finish())
        if found := annotations(answer, self._marks, self._base):
            # In one piece: clients put the deltas of a list together by an index, which annotations have not.
            last += self.chunk({"annotations": wrapped(found)})
        last += self.chunk({}, answer.finish or "stop", citations=cited(answer, self._marks))
        if self._with_usage:
            last += self._frame({"choices": [], "usage": usage_body(answer.usage)})
        return last + DONE

    def _frame(self, body: dict[str, Any]) -> bytes:
        usage = {"usage": None} if self._with_usage else {}
        return b"data: " + orjson.dumps(self._shape | {"model": self._model} | usage | body) + b"\n\n"


def stream(reader: StreamReader, query: str, chunks: CompletionStream) -> StreamingResponse:
    """A call as OpenAI's chunks."""

    async def frames() -> AsyncIterator[bytes]:
        yield chunks.chunk({"role": "assistant", "content": ""})
        async for heard in reader:
            yield chunks.framed(heard)

    return streamed(frames(), query)
