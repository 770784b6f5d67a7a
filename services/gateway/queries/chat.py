"""`POST /api/chat`: an answer with citations, whole or as a stream."""

from fastapi import APIRouter, Request, Response

from services.gateway.admission import Caller, admit, offered
from services.gateway.context import Context, GatewayContext
from services.gateway.http.response_models import Answer, ScenarioList
from services.gateway.http.responses import json, reply_body
from services.gateway.http.schemas import IdempotencyKey, JsonRoute, Question
from services.gateway.http.sse import stream
from services.gateway.queries.parameters.answer_format import answer_schema
from services.gateway.queries.parameters.request_data import fragments, named
from services.gateway.queries.parameters.scenarios import Language, Scenario, chosen, open_to, scenarios
from services.gateway.queries.stream_reader import StreamReader
from services.gateway.queries.submission import QueryRequest, ask, wait
from shared.events import Credential

routes = APIRouter(prefix="/api", tags=["chat"], route_class=JsonRoute)


@routes.post("/chat", response_model=Answer)
async def chat(
    question: Question, request: Request, context: Context, idempotency_key: IdempotencyKey = None
) -> Response:
    """Ask the documents. With `stream`, server-sent events: `progress`, `token`, `restart`, then `answer` or `error`.

    The credential is an `Authorization: Bearer` header, or `user_id` and `api_token` in the body. The texts of the
    `token` events after the last `restart` are, together, exactly the answer.
    """
    caller = await offered(request, context, question.api_token, question.user_id)
    scenario = await _scenario(context, caller, question.scenario) if question.scenario else None
    place = question.workspace or (scenario.place if scenario and not question.workspaces else None)
    wish = QueryRequest(
        question.question,
        place,
        tuple(question.workspaces),
        question.conversation,
        question.lane,
        idempotency_key,
        named=named(question.named_query, question.parameters),
        fragments=fragments(question.data),
        answer_schema=answer_schema(question.response_format),
        scenario=scenario.instructions if scenario else "",
    )
    call = await ask(context, caller, wish)
    if question.stream:
        return stream(StreamReader(call, beat=context.settings.heartbeat_seconds), call.query)
    return json(reply_body(await wait(call, request), call.newest))


@routes.get("/scenarios", response_model=ScenarioList)
async def list_scenarios(caller: Caller, context: Context, language: Language = "en") -> Response:
    """What departments ask for often, as far as it is open to the caller. A question names one as its `scenario`."""
    _, admitted = await admit(context, caller, "ask")
    found = open_to(scenarios(context.settings.scenarios), admitted)
    listed = [{"scenario": name, "title": one.called(language), "workspace": one.place} for name, one in found.items()]
    return json({"scenarios": listed})


async def _scenario(context: GatewayContext, caller: Credential, name: str) -> Scenario:
    _, admitted = await admit(context, caller, "ask")
    return chosen(scenarios(context.settings.scenarios), admitted, name)
