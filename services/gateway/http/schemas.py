"""Request models. Errors name the field and the remedy."""

import unicodedata
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Self

import orjson
from fastapi import Header, HTTPException, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.types import Message, Receive

from shared.errors import Refused
from shared.events import Lane
from shared.field_names import unknown_field

QUESTION_BYTES = 32 * 1024
BODY_BYTES = 1024 * 1024
LARGEST = 2**63 - 1  # the largest number that the tables keep
Name = Annotated[str, Field(min_length=1, max_length=100)]
Names = Annotated[list[Name], Field(max_length=50, fail_fast=True)]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


class RequestBody(BaseModel):
    """A request body: no field that is not known."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def known(cls, data: Any) -> Any:
        if words := unknown_field(data, cls.model_fields):
            raise PydanticCustomError("unknown_field", "{words}", {"words": words})
        return data


class Question(RequestBody):
    """The body of /api/chat. `user_id` and `api_token` stand for an Authorization header.

    `named_query` with `parameters` reads business data without guessing; `data` are rows or texts of the caller's own,
    by name; `scenario` is one of `GET /api/scenarios`; `response_format` is
    `{"type": "json_schema", "json_schema": {"schema": …}}`.
    """

    question: str
    workspace: Name | None = None
    workspaces: Names = Field(default_factory=list)
    conversation: str | None = Field(None, pattern=r"^[A-Za-z0-9._:-]{1,64}$")
    stream: bool = False
    lane: Lane = "interactive"
    named_query: Name | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    data: dict[str, Any] = Field(default_factory=dict)
    response_format: dict[str, Any] | None = None
    scenario: str = Field("", max_length=100)
    user_id: str = Field("", max_length=100)
    api_token: str = Field("", max_length=8192, repr=False)

    @model_validator(mode="after")
    def both(self) -> Self:
        if self.user_id and not self.api_token:
            raise PydanticCustomError("missing_token", "The field 'api_token' is missing: it proves the user_id.")
        return self


def worded(question: str) -> str:
    """The question without control characters, or `Refused` when it is empty or too long."""
    if len(question.encode()) > QUESTION_BYTES:
        words = "The question is longer than 32 KiB. Shorten it, or upload the text as a document."
        raise Refused("question_too_long", words, 413)
    text = "".join(c for c in question if c in "\n\r\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
    # Format characters (zero-width space, byte order mark) alone are no question either.
    if not any(unicodedata.category(c)[0] not in "CZ" for c in text):
        raise Refused("empty_question", "The question is empty. Write what you want to know in `question`.", 422)
    return text


def limited(request: Request, most: int) -> Receive:
    """The request's body as long as it has at most `most` bytes; a declared length is believed at once."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > most:
        raise HTTPException(413)
    size = 0

    async def receive() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > most:
            raise HTTPException(413)
        return message

    return receive


class _JsonRequest(Request):
    async def json(self) -> Any:
        return orjson.loads(await self.body())


class JsonRoute(APIRoute):
    """Routes whose JSON is read by orjson, which also refuses broken Unicode."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def read(request: Request) -> Response:
            return await handle(_JsonRequest(request.scope, limited(request, BODY_BYTES)))

        return read
