"""`POST /api/chat`: an answer with citations, whole or as a stream."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from services.gateway.admission import offered
from services.gateway.context import Context
from services.gateway.http.response_models import Answer
from services.gateway.http.responses import json, reply_body
from services.gateway.http.schemas import JsonRoute, Question
from services.gateway.http.sse import stream
from services.gateway.queries.parameters.answer_format import answer_schema
from services.gateway.queries.parameters.request_data import fragments, named
from services.gateway.queries.stream_reader import StreamReader
from services.gateway.queries.submission import QueryRequest, ask, wait

routes = APIRouter(prefix="/api", tags=["chat"], route_class=JsonRoute)
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


@routes.post("/chat", response_model=Answer)
async def chat(question: Question, request: Request, context: Context, idempotency_key: Key = None) -> Response:
    """Ask the documents. With `stream`, server-sent events: `progress`, `token`, `restart`, then `answer` or `error`.

    The credential is an `Authorization: Bearer` header, or `user_id` and `api_token` in the body. The texts of the
    `token` events after the last `restart` are, together, exactly the answer.
    """
    caller = await offered(request, context, question.api_token, question.user_id)
    wish = QueryRequest(
        question.question, question.workspace, tuple(question.workspaces), question.conversation, question.lane,
        idempotency_key, named=named(question.named_query, question.parameters), fragments=fragments(question.data),
        answer_schema=answer_schema(question.response_format),
    )  # fmt: skip
    call = await ask(context, caller, wish)
    if question.stream:
        return stream(StreamReader(call, beat=context.settings.heartbeat_seconds), call.query)
    return json(reply_body(await wait(call, request), call.newest))
