"""Replies of routes that pass on what others write: OpenAI's forms, sessions, and what auth made or removed."""

from typing import Any, Literal

from pydantic import ConfigDict

from services.gateway.administration.rights_models import Limit, Topic
from services.gateway.http.response_models import Grant, Key, Me, ResponseModel, User


class Open(ResponseModel):
    """More fields may come."""

    model_config = ConfigDict(extra="allow")


class OpenAIFault(Open):
    """What OpenAI's clients show."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class OpenAIRefusal(ResponseModel):
    """Why a call under `/v1` failed."""

    error: OpenAIFault


class ChatMessage(Open):
    """The answer; `annotations` are the pages that it cites."""

    role: Literal["assistant"]
    content: str | None


class ChatChoice(Open):
    """The only choice."""

    index: int
    message: ChatMessage
    finish_reason: str


class TokenUsage(Open):
    """Tokens read and written."""

    prompt_tokens: int
    total_tokens: int


class ChatCompletion(Open):
    """An answer in OpenAI's form."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChatChoice]
    usage: TokenUsage


class TextChoice(Open):
    """The only choice."""

    index: int
    text: str
    finish_reason: str | None


class CompletedText(Open):
    """An answer as the older clients read it."""

    id: str
    object: Literal["text_completion"]
    created: int
    model: str
    choices: list[TextChoice]


class CreatedResponse(Open):
    """An answer of the Responses API; `output` holds messages with their text and annotations."""

    id: str
    object: Literal["response"]
    status: str
    model: str
    output: list[dict[str, Any]]


class Model(Open):
    """A model that can be asked."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelList(Open):
    """All that can be asked."""

    object: Literal["list"]
    data: list[Model]


class Vector(Open):
    """Numbers, or base64 of 32-bit floats."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingList(Open):
    """Vectors in the order of the texts."""

    object: Literal["list"]
    data: list[Vector]
    model: str
    usage: TokenUsage


class SessionInfo(Open):
    """The browser's session; `csrf` goes with each change as X-CSRF-Token."""

    id: str
    way: Literal["password", "company"]
    csrf: str
    expires_at: float


class EndedWhy(Open):
    """Why the session that this browser had is over, when somebody else ended it."""

    error: str
    reason: str


class SessionState(Open):
    """Who is signed in here, or how one may sign in."""

    signed_in: bool
    ways: list[Literal["company", "password"]]
    session: SessionInfo | None = None
    me: Me | None = None
    issuer: str | None = None
    ended: EndedWhy | None = None


class SignedIn(Open):
    """One browser in which the caller is signed in."""

    id: str
    way: str
    current: bool
    agent: str
    address: str
    created_at: int
    seen_at: int
    expires_at: int


class SessionList(ResponseModel):
    """Newest first."""

    sessions: list[SignedIn]


class SessionsEnded(ResponseModel):
    """How many sessions are over."""

    ended: int


class SessionOver(ResponseModel):
    """`company`: whether the company's sign-in is over too."""

    signed_out: bool
    company: Literal["ended", "unreachable", "none"]


class NewKey(Key):
    """A new API key; `key` is the secret, told once."""

    key: str


class NewWorkspace(ResponseModel):
    """A workspace that was made."""

    workspace: str
    title: str


class Named(Open):
    """What was removed."""


class Cancelled(ResponseModel):
    """A question that nobody waits for any more."""

    query_id: str
    state: str


class Empty(ResponseModel):
    """Nothing but the status."""


MADE: dict[str, Any] = {
    "user": User, "workspace": NewWorkspace, "grant": Grant, "key": NewKey, "limit": Limit, "topic": Topic
}  # fmt: skip
REPLIES: dict[str, Any] = {
    "POST /v1/chat/completions": ChatCompletion,
    "POST /v1/completions": CompletedText,
    "POST /v1/responses": CreatedResponse,
    "GET /v1/models": ModelList,
    "GET /v1/models/{name}": Model,
    "POST /v1/embeddings": EmbeddingList,
    "DELETE /api/queries/{query}": Cancelled,
    "POST /auth/login": SessionState,
    "GET /auth/session": SessionState,
    "POST /auth/logout": SessionOver,
    "GET /auth/sessions": SessionList,
    "DELETE /auth/sessions": SessionsEnded,
    "DELETE /auth/sessions/{id}": SessionsEnded,
    "POST /auth/backchannel-logout": Empty,
    **{f"POST /api/{kind}s": model for kind, model in MADE.items()},
    **{f"DELETE /api/{kind}s/{{name}}": Named for kind in MADE},
}
