"""Submits a question: admission, registration, publication."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from fastapi import Request

from services.gateway.admission import admit
from services.gateway.audit.disclosures import show_answer
from services.gateway.context import GatewayContext
from services.gateway.history.adoption import adopt
from services.gateway.http.hangup import unless_gone
from services.gateway.http.responses import refused_by
from services.gateway.http.schemas import worded
from services.gateway.queries.answers import recall, refusal
from services.gateway.queries.citation_access import gone, readable, still_open
from services.gateway.queries.parameters.topics import classifier, must_be_allowed
from services.gateway.queries.pending_queries import PendingQuery
from services.gateway.queries.superseded import marked
from shared.errors import Refused
from shared.events import (
    Admit,
    Admitted,
    Credential,
    Fragment,
    Lane,
    NamedCall,
    Purpose,
    QueryAnswered,
    QueryAsked,
    Turn,
    query_id,
)
from shared.security.capability import claimed


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A question as it came in. `key` makes a repeat find the first answer; `upto` is the conversation's turn
    that it follows, the newest one when None. `instructions` are the caller's, `scenario` those of ours that they
    chose: no topic is found in them.
    """

    question: str
    workspace: str | None = None
    workspaces: tuple[str, ...] = ()
    conversation: str | None = None
    lane: Lane = "interactive"
    key: str | None = None
    model: str | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    history: tuple[Turn, ...] = ()
    named: NamedCall | None = None
    fragments: tuple[Fragment, ...] = ()
    answer_schema: dict[str, Any] | None = None
    upto: str | None = None
    instructions: str = ""
    scenario: str = ""
    stop: tuple[str, ...] = ()
    top_p: float | None = None
    seed: int | None = None
    plain: bool = False
    purpose: Purpose = "question"


async def ask(context: GatewayContext, caller: Credential, wish: QueryRequest) -> PendingQuery:
    """The open call of the published question, or of its first asking when the key is a repeat."""
    await context.log.require()
    text = worded(wish.question)
    until = datetime.now(UTC) + timedelta(seconds=context.settings.answer_seconds)
    query = uuid4().hex
    if wish.key:
        bound, everywhere = await admit(context, caller, "ask")
        query = query_id(everywhere.principal.id, wish.key)
        if earlier := await _earlier(context, query, bound, everywhere):
            return earlier
    places = {"workspace": wish.workspace, "workspaces": wish.workspaces}
    admitted: Admitted = await context.bus.request(
        Admit(query=query, credential=caller, action="ask", counted=True, expires_at=until, **places)
    )
    if wish.conversation:
        wish = await _continued(context, query, admitted, wish, wish.conversation, text)
    # A follow-up is about what its conversation is about, and a question may stand in the instructions.
    about = "\n".join([*(turn.question for turn in wish.history), wish.instructions, text])
    must_be_allowed(admitted.topics, about, classifier(context.settings.topic_classifier))
    call = await _published(context, _event(query, admitted, wish, text, until), wish.conversation)
    call.allowance = admitted.allowance
    return call


async def _continued(
    context: GatewayContext, query: str, admitted: Admitted, wish: QueryRequest, conversation: str, text: str
) -> QueryRequest:
    """The wish with the turns and the attached files of its conversation."""
    whose, turns = admitted.principal.id, context.settings.history_turns
    await adopt(context, await context.pending.of(whose, conversation))
    passages = await context.attachments.passages(whose, conversation, text)
    stored = await context.conversations.recent(
        whose, conversation, admitted, turns, lambda ids: still_open(context, query, admitted, ids), wish.upto
    )
    return replace(wish, history=(*stored, *wish.history), fragments=(*wish.fragments, *passages))


def _event(query: str, admitted: Admitted, wish: QueryRequest, text: str, until: datetime) -> QueryAsked:
    return QueryAsked(
        query=query,
        client="gateway",
        principal=admitted.principal,
        capability=admitted.capability,
        question=text,
        workspace=wish.workspace,
        workspaces=wish.workspaces,
        lane=wish.lane,
        expires_at=until,
        asked_at=datetime.now(UTC),
        model=wish.model,
        max_tokens=wish.max_tokens,
        temperature=wish.temperature,
        history=wish.history,
        key=wish.key,
        named=wish.named,
        fragments=wish.fragments,
        answer_schema=wish.answer_schema,
        instructions="\n\n".join(filter(None, (wish.scenario, wish.instructions))),
        stop=wish.stop,
        top_p=wish.top_p,
        seed=wish.seed,
        plain=wish.plain,
        purpose=wish.purpose,
    )


async def _earlier(context: GatewayContext, query: str, bound: str, admitted: Admitted) -> PendingQuery | None:
    """Its id comes from who asks, which only auth knows; it is read by all one's rights, not the wish's."""
    call = context.waiting.find(query)
    answer = call.answer if call else await recall(context, "gateway", query)
    if answer is None:
        # Who was killed may not have published it: it is published once more.
        return None if call and call.adopted else call
    if not await readable(context, answer, bound, admitted):
        raise gone()
    await show_answer(context, admitted.principal, answer)
    return await marked(context, call or ended(answer), bound, admitted)


def ended(answer: QueryAnswered) -> PendingQuery:
    """A call that has its answer already."""
    call = PendingQuery(answer.query, answer.principal, answer.client)
    call.settle(answer)
    return call


async def _published(context: GatewayContext, asked: QueryAsked, conversation: str | None) -> PendingQuery:
    joined = context.waiting.find(asked.query)
    if joined and not joined.adopted:
        return joined
    call = context.waiting.open(
        PendingQuery(
            asked.query,
            asked.principal.id,
            expires_at=asked.expires_at,
            keyed=asked.key is not None,
            conversation=conversation,
            question=asked.question,
            asked_in=(asked.workspace,) if asked.workspace else asked.workspaces,
            right=claimed(asked.capability),
        )
    )
    try:
        if conversation:
            await context.history.begin(call)
        await context.bus.publish(asked)
    except Refused as refused:
        if call.adopted:
            raise
        context.waiting.drop(call, refusal(call.client, call.query, refused, call.principal))
        await context.pending.withdraw(call.query)
        raise
    return call


async def wait(call: PendingQuery, request: Request) -> QueryAnswered:
    """The answer; `Refused` when it is a refusal or the caller hung up."""
    if call.answer is None:
        with call.read():
            await unless_gone(request, call.answered.wait())
    if call.answer is None:
        raise RuntimeError("a call was answered without an answer")
    if refused := refused_by(call.answer):
        raise refused
    return call.answer
