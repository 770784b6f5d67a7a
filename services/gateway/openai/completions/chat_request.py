"""The body of /v1/chat/completions."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.gateway.openai.messages import Conversation, Message, conversation
from services.gateway.openai.parameters import Sampled, must_be_able


class Options(BaseModel):
    """`stream_options`."""

    model_config = ConfigDict(extra="ignore")
    include_usage: bool = False


class Completion(Sampled):
    """The body of /v1/chat/completions. `response_format` is text, json_object or json_schema."""

    messages: list[Message] = Field(min_length=1, max_length=1000, fail_fast=True)
    stream_options: Options | None = None
    max_completion_tokens: int | None = Field(None, ge=1)
    response_format: dict[str, Any] | None = None

    @model_validator(mode="before")
    @classmethod
    def able(cls, data: Any) -> Any:
        if isinstance(data, dict):
            must_be_able(data)
        return data

    @property
    def longest(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens

    @property
    def with_usage(self) -> bool:
        """Whether a stream ends with its usage."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def conversation(self) -> Conversation:
        """Earlier turns, the question, which is the last message and a user's, and the instructions."""
        return conversation(self.messages)
