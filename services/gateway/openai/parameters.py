"""Parameters that the kinds of completion share: those that reach the engine, and those that are refused by name."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from services.gateway.openai.front_end_tools import are_front_end_tools
from shared.errors import Refused

UNABLE = "The field {name!r} cannot be used: {why}. Leave it out."
WHY = {
    "n": "one answer is written for a question",
    "best_of": "one answer is written for a question",
    "logprobs": "probabilities of tokens are not told",
    "top_logprobs": "probabilities of tokens are not told",
    "logit_bias": "tokens of the model are not weighted",
    "tools": "no tools are called",
    "functions": "no functions are called",
    "tool_choice": "no tools are called",
    "function_call": "no functions are called",
    "audio": "answers are text",
    "suffix": "nothing is filled in before a text",
    "echo": "the question is not repeated",
    "conversation": "a conversation is gone on from its last answer, which 'previous_response_id' names",
    "background": "answers are not fetched later. Use POST /api/chat and GET /api/queries/{id} for that",
}
# What means the same as leaving the field out.
NOTHING: dict[str, tuple[Any, ...]] = {
    "n": (1,), "best_of": (1,), "top_logprobs": (0,),
    "tool_choice": ("none", "auto"), "function_call": ("none", "auto"),
}  # fmt: skip


def _listed(given: Any) -> Any:
    return () if given is None else (given,) if isinstance(given, str) else given


Stop = Annotated[str, Field(min_length=1, max_length=200)]
Stops = Annotated[tuple[Stop, ...], BeforeValidator(_listed), Field(max_length=4)]


class Parameters(BaseModel):
    """Fields that are not known are let be, as OpenAI's clients send new ones from time to time."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    model: str = Field(min_length=1, max_length=200)
    stream: bool = False
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    workspace: str | None = Field(None, max_length=100)

    @model_validator(mode="before")
    @classmethod
    def able(cls, data: Any) -> Any:
        if isinstance(data, dict):
            must_be_able(data)
        return data


class StreamOptions(BaseModel):
    """`stream_options`."""

    model_config = ConfigDict(extra="ignore")
    include_usage: bool = False


class SamplingParameters(Parameters):
    """The parameters of both kinds of completion."""

    max_tokens: int | None = Field(None, ge=1)
    seed: int | None = Field(None, ge=-(2**63), lt=2**63)
    stop: Stops = ()
    stream_options: StreamOptions | None = None

    @property
    def with_usage(self) -> bool:
        """Whether a stream ends with its usage."""
        return bool(self.stream_options and self.stream_options.include_usage)


def must_be_able(given: dict[str, Any]) -> None:
    """`Refused` (400) names the first field that asks for something that is not done here."""
    for name, why in WHY.items():
        value = given.get(name)
        asks = value not in (None, False, [], {}, "") and value not in NOTHING.get(name, ())
        if asks and not (name == "tools" and are_front_end_tools(value)):
            raise Refused("unsupported", UNABLE.format(name=name, why=why), 400)
