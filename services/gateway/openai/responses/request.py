"""The body of /v1/responses."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.gateway.http.errors import invalid
from services.gateway.openai.messages import Conversation, Message, conversation
from services.gateway.openai.parameters import Parameters
from shared.errors import Refused

ID = r"^resp_[0-9a-f]{32}$"
KINDS = ("message", "reasoning")
ITEM = "The field 'input' holds an item of the type {!r}, which is not understood. Send messages."


class Item(BaseModel):
    """A message; what a model thought before is let be."""

    model_config = ConfigDict(extra="allow")
    type: str = "message"


class TextFormat(BaseModel):
    """`text`: the form of the answer."""

    model_config = ConfigDict(extra="ignore")
    format: dict[str, Any] | None = None

    def response_format(self) -> dict[str, Any] | None:
        """The same as chat completions have it."""
        match self.format:
            case {"type": "json_schema", "schema": dict(schema)}:
                return {"type": "json_schema", "json_schema": {"schema": schema}}
            case found:
                return found


class ResponseRequest(Parameters):
    """A text or messages; `previous_response_id` goes on from an answer that was stored."""

    input: str | Annotated[list[Item], Field(min_length=1, max_length=1000, fail_fast=True)]
    instructions: str | None = Field(None, max_length=32 * 1024)
    previous_response_id: str | None = Field(None, pattern=ID)
    max_output_tokens: int | None = Field(None, ge=1)
    text: TextFormat = TextFormat()
    store: bool = True
    truncation: Literal["auto", "disabled"] | None = None
    metadata: dict[str, str] = Field(default_factory=dict, max_length=16)

    @model_validator(mode="before")
    @classmethod
    def given(cls, data: Any) -> Any:
        return {name: value for name, value in data.items() if value is not None} if isinstance(data, dict) else data

    def conversation(self) -> Conversation:
        """The question, which comes last, what was said before it here, and the instructions."""
        told = self.instructions or ""
        if isinstance(self.input, str):
            return conversation([Message(role="user", content=self.input)], told)
        if other := next((item.type for item in self.input if item.type not in KINDS), None):
            raise Refused("unsupported", ITEM.format(other[:64]), 400)
        try:
            said = [Message.model_validate(item.model_dump()) for item in self.input if item.type == "message"]
        except ValidationError as error:
            raise invalid(error.errors()) from error
        if not said:
            raise Refused("invalid", "The field 'input' holds no message. Send the question.", 400)
        return conversation(said, told)
