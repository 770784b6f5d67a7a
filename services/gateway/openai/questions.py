"""Turns what a client of /v1 sent into a question on its journey, by the same way as /api/chat."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request

from services.gateway.context import GatewayContext
from services.gateway.openai.annotations import CitationNumbering, marks_for
from services.gateway.openai.helper_prompts import is_helper_prompt
from services.gateway.openai.messages import Conversation
from services.gateway.openai.models import Target
from services.gateway.queries.parameters.answer_format import answer_schema
from services.gateway.queries.pending_queries import PendingQuery
from services.gateway.queries.submission import QueryRequest, ask
from shared.events import Credential
from shared.settings import settings


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """How an answer is wanted, under names of our own."""

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    response_format: dict[str, Any] | None = None
    key: str | None = None
    conversation: str | None = None
    upto: str | None = None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """The call of a question, the marks of its answer, and the address of the page where sources open."""

    call: PendingQuery
    marks: CitationNumbering
    base: str


async def submit(
    context: GatewayContext,
    request: Request,
    caller: Credential,
    target: Target,
    asked: Conversation,
    wish: AnswerOptions,
) -> AskedQuestion:
    """A question on its way. A front end's own prompt goes to the plain model, in the lane for batches."""
    schema = answer_schema(wish.response_format)
    helper = is_helper_prompt(asked.question)
    plain = target.plain or helper
    small = context.settings.helper_model or None
    question = QueryRequest(
        asked.question,
        target.workspace,
        conversation=None if helper else wish.conversation,
        upto=wish.upto,
        lane="batch" if helper else "interactive",
        key=wish.key,
        model=small if helper else target.model,
        max_tokens=wish.max_tokens,
        temperature=wish.temperature,
        history=asked.history,
        answer_schema=schema,
        instructions=asked.instructions,
        stop=wish.stop,
        top_p=wish.top_p,
        seed=wish.seed,
        plain=plain,
        purpose="helper" if helper else "question",
    )
    call = await ask(context, caller, question)
    request.state.call = call
    return AskedQuestion(call, marks_for(schema, plain), page_base(request))


def page_base(request: Request) -> str:
    """The address that people open the page at, without a slash at its end."""
    return (settings().public_url or str(request.base_url)).rstrip("/")
