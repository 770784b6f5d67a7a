"""/v1/completions: a text is taken as a question, for clients that know nothing newer."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from services.gateway.openai.annotations import CitationNumbering
from services.gateway.openai.completions.chat_reply import CompletionStream, completion
from services.gateway.openai.messages import Conversation
from services.gateway.openai.parameters import SamplingParameters
from shared.events import QueryAnswered


def _one(given: Any) -> Any:
    return given[0] if isinstance(given, list) and len(given) == 1 else given


class TextCompletion(SamplingParameters):
    """The body of /v1/completions: one text."""

    prompt: Annotated[str, BeforeValidator(_one), Field(min_length=1)]

    def conversation(self) -> Conversation:
        """The text as a question of its own."""
        return Conversation((), self.prompt)


def text_completion(answer: QueryAnswered, model: str, marks: CitationNumbering, base: str) -> dict[str, Any]:
    """The whole reply."""
    chat = completion(answer, model, marks, base)
    (choice,) = chat["choices"]
    told = {"index": 0, "text": choice["message"]["content"], "logprobs": None}
    told |= {"finish_reason": choice["finish_reason"]}
    return chat | {"id": f"cmpl-{answer.query}", "object": "text_completion", "choices": [told]}


class TextChunks(CompletionStream):
    """The frames of a streamed text; what a text has no place for is left out."""

    KIND, PREFIX = "text_completion", "cmpl"

    def chunk(self, delta: dict[str, Any], finish: str | None = None, **extra: Any) -> bytes:
        told = {"index": 0, "text": delta.get("content", ""), "logprobs": None, "finish_reason": finish}
        return self._frame({"choices": [told]} | extra)
