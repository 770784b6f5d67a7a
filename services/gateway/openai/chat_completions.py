"""/v1/chat/completions as OpenAI's clients send and expect it."""

import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import orjson
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.http.errors import openai_error
from services.gateway.http.responses import citation_body, refused_by
from services.gateway.http.sse import BEAT, HEADERS
from services.gateway.queries.stream_reader import Heard, Reader
from shared.errors import Refused
from shared.events import QueryAnswered, Turn, Usage

# The protocol cannot take text back: after a lost worker wrote something else, the answer follows whole below a line.
RESTART = "\n\n---\n\n"
TURNS = 8


class Piece(BaseModel):
    """A part of a message's content; only text is understood."""

    model_config = ConfigDict(extra="ignore")
    type: str
    text: str = ""


class Message(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(extra="ignore")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | Annotated[list[Piece], Field(max_length=1000, fail_fast=True)] | None = None

    @property
    def words(self) -> str:
        if isinstance(self.content, list):
            if any(piece.type not in ("text", "input_text") for piece in self.content):
                raise Refused("invalid", "Only text can be asked here. Leave images, audio and files out.", 400)
            return "\n".join(piece.text for piece in self.content)
        return self.content or ""


class Options(BaseModel):
    """`stream_options`."""

    model_config = ConfigDict(extra="ignore")
    include_usage: bool = False


class Completion(BaseModel):
    """The body of /v1/chat/completions; fields that we do not use are let be."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    model: str = Field(max_length=200)
    messages: list[Message] = Field(min_length=1, max_length=1000, fail_fast=True)
    stream: bool = False
    stream_options: Options | None = None
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    temperature: float | None = Field(None, ge=0, le=2)
    n: Literal[1] | None = None
    workspace: str | None = Field(None, max_length=100)

    @property
    def longest(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens

    def conversation(self) -> tuple[tuple[Turn, ...], str]:
        """Earlier turns and the question, which is the last message and a user's."""
        if self.messages[-1].role != "user":
            raise Refused("invalid", "The last message must have the role 'user': it is the question.", 400)
        asked, turns = "", []
        for message in self.messages[:-1]:
            if message.role == "user":
                asked = message.words
            elif message.role == "assistant" and asked:
                turns.append(Turn(question=asked, answer=message.words))
                asked = ""
        return tuple(turns[-TURNS:]), self.messages[-1].words


def completion(answer: QueryAnswered, model: str) -> dict[str, Any]:
    """The whole reply."""
    message = {"role": "assistant", "content": answer.answer, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish or "stop"}
    shape = {"id": f"chatcmpl-{answer.query}", "object": "chat.completion", "created": int(time.time())}
    return shape | {
        "model": answer.model or model, "choices": [choice], "usage": usage_body(answer.usage),
        "citations": [citation_body(citation) for citation in answer.citations],
    }  # fmt: skip


def usage_body(usage: Usage) -> dict[str, Any]:
    """Tokens under OpenAI's names."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }


class Chunks:
    """The frames of one streamed completion."""

    def __init__(self, query: str, wanted: Completion) -> None:
        self._wanted = wanted
        self._with_usage = bool(wanted.stream_options and wanted.stream_options.include_usage)
        self._shape = {"id": f"chatcmpl-{query}", "object": "chat.completion.chunk", "created": int(time.time())}

    def chunk(self, delta: dict[str, Any], finish: str | None = None, **extra: Any) -> bytes:
        choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
        return self._frame({"choices": choices} | extra)

    def framed(self, heard: Heard) -> bytes:
        """What a reader heard, as frames; places in the queue have none, but keep the connection alive."""
        match heard.name:
            case "token":
                return self.chunk({"content": heard.data})
            case "reasoning":
                return self.chunk({"reasoning_content": heard.data})
            case "restart":
                return self.chunk({"content": RESTART})
            case "answer":
                return self._ended(heard.data)
        return BEAT

    def _ended(self, answer: QueryAnswered) -> bytes:
        if refused := refused_by(answer):
            return b"data: " + orjson.dumps(openai_error(refused)) + b"\n\ndata: [DONE]\n\n"
        cited = [citation_body(citation) for citation in answer.citations]
        last = self.chunk({}, answer.finish or "stop", citations=cited)
        if self._with_usage:
            last += self._frame({"choices": [], "usage": usage_body(answer.usage)})
        return last + b"data: [DONE]\n\n"

    def _frame(self, body: dict[str, Any]) -> bytes:
        usage = {"usage": None} if self._with_usage else {}
        return b"data: " + orjson.dumps(self._shape | {"model": self._wanted.model} | usage | body) + b"\n\n"


def stream(reader: Reader, query: str, wanted: Completion) -> StreamingResponse:
    """A call as OpenAI's chunks."""
    chunks = Chunks(query, wanted)

    async def frames() -> AsyncIterator[bytes]:
        yield chunks.chunk({"role": "assistant", "content": ""})
        async for heard in reader:
            yield chunks.framed(heard)

    return StreamingResponse(frames(), media_type="text/event-stream", headers=HEADERS | {"X-Query-Id": query})
