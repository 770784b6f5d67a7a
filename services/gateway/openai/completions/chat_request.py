"""The body of /v1/chat/completions."""

from typing import Any

from pydantic import Field

from services.gateway.openai.messages import Conversation, Message, conversation
from services.gateway.openai.parameters import SamplingParameters


class Completion(SamplingParameters):
    """The body of /v1/chat/completions. `response_format` is text, json_object or json_schema."""

    messages: list[Message] = Field(min_length=1, max_length=1000, fail_fast=True)
    max_completion_tokens: int | None = Field(None, ge=1)
    response_format: dict[str, Any] | None = None

    @property
    def longest(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens

    def conversation(self) -> Conversation:
        """Earlier turns, the question, which is the last message and a user's, and the instructions."""
        return conversation(self.messages)
