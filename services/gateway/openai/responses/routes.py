"""`POST /v1/responses`."""

from uuid import uuid4

from fastapi import APIRouter, Request, Response

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute
from services.gateway.openai.models import target
from services.gateway.openai.questions import AnswerOptions, submit
from services.gateway.openai.responses.reply import Reply, stream
from services.gateway.openai.responses.request import ResponseRequest
from services.gateway.queries.stream_reader import StreamReader
from services.gateway.queries.submission import wait
from shared.errors import Refused
from shared.events import Credential

routes = APIRouter(prefix="/v1", tags=["openai"], route_class=JsonRoute)
UNKNOWN = "There is no response {!r} that you can go on from: it is not yours, or was not stored. Send the whole input."


@routes.post("/responses")
async def respond(wanted: ResponseRequest, request: Request, caller: Caller, context: Context) -> Response:
    """The same questions as /v1/chat/completions. With `store`, an answer can be gone on from, also in the page."""
    asked = wanted.conversation()
    found_target = await target(context, wanted.model, wanted.workspace)
    conversation, upto = await _conversation(context, caller, wanted)
    wish = AnswerOptions(
        wanted.max_output_tokens,
        wanted.temperature,
        wanted.top_p,
        response_format=wanted.text.response_format(),
        conversation=conversation,
        upto=upto,
    )
    found = await submit(context, request, caller, found_target, asked, wish)
    reply = Reply(wanted, found)
    if wanted.stream:
        return stream(StreamReader(found.call, beat=context.settings.heartbeat_seconds), reply, found.call.query)
    return json(reply.whole(await wait(found.call, request)))


async def _conversation(
    context: GatewayContext, caller: Credential, wanted: ResponseRequest
) -> tuple[str | None, str | None]:
    """That of the answer before, and which answer that is; a new one when this is to be stored."""
    if wanted.previous_response_id is None:
        return (uuid4().hex if wanted.store else None), None
    _, admitted = await admit(context, caller, "ask")
    query = wanted.previous_response_id.removeprefix("resp_")
    conversation = await context.conversations.of(admitted.principal.id, query)
    if conversation is None:
        raise Refused("previous_response_not_found", UNKNOWN.format(wanted.previous_response_id), 400)
    return conversation, query
