"""The tool `ask`: progress while it waits, and the question is called off when the client cancels."""

from typing import Any

import anyio

from services.gateway.http.responses import refused_by, reply_body
from services.gateway.mcp.inputs import AskInput
from services.gateway.mcp.tool import CallContext
from services.gateway.openai.annotations import page_view
from services.gateway.queries.answers import cancel
from services.gateway.queries.pending_queries import PendingQuery
from services.gateway.queries.stream_reader import StreamEvent, StreamReader
from services.gateway.queries.submission import QueryRequest, ask
from shared.events import QueryAnswered, QueryStreamed

STAGES = {"asked": "Looking for passages", "grounded": "Found passages", "answering": "Writing"}


async def answered(calling: CallContext, given: AskInput) -> tuple[dict[str, Any], str]:
    """The answer with its citations, and the same as text with a list of sources."""
    wish = QueryRequest(given.question, given.workspace, tuple(given.workspaces))
    call = await ask(calling.context, calling.caller, wish)
    try:
        answer = await _followed(calling, call)
    except anyio.get_cancelled_exc_class():
        with anyio.CancelScope(shield=True):
            await cancel(calling.context, call)
        raise
    if refused := refused_by(answer):
        raise refused
    return reply_body(answer), _text(answer, calling.base)


async def _followed(calling: CallContext, call: PendingQuery) -> QueryAnswered:
    told = 0
    async for heard in StreamReader(call, beat=calling.context.settings.heartbeat_seconds):
        if heard.name in ("progress", "beat"):
            told += 1
            await calling.session.report_progress(float(told), message=_stage(heard))
    if call.answer is None:
        raise RuntimeError("a reader ended before the answer")
    return call.answer


def _stage(heard: StreamEvent) -> str:
    event: QueryStreamed | None = heard.data
    if event is None or event.stage != "waiting":
        return STAGES.get(event.stage or "", "Waiting") if event else "Waiting"
    seconds = f", about {event.wait_seconds:.0f} s" if event.wait_seconds else ""
    return f"Waiting at place {event.position}{seconds}"


def _text(answer: QueryAnswered, base: str) -> str:
    told = [(one.used, f"[{one.n}] {one.title}, p. {one.page}: {page_view(one, base)}") for one in answer.citations]
    sources, beside = ([line for used, line in told if used is which] for which in (True, False))
    parts = [["", *sources] if sources else [], ["", "Also found, not used:", *beside] if beside else []]
    return "\n".join([answer.answer or "", *parts[0], *parts[1]])
