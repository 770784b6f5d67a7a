"""Routes under `/v1`, as OpenAI's clients call them."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.http.responses import json
from services.gateway.http.schemas import IdempotencyKey, JsonRoute
from services.gateway.openai.annotations import CitationNumbering
from services.gateway.openai.completions.chat_reply import CompletionStream, completion, stream
from services.gateway.openai.completions.chat_request import Completion
from services.gateway.openai.completions.text import TextChunks, TextCompletion, text_completion
from services.gateway.openai.embeddings import Embedding, embedded, embeddings
from services.gateway.openai.models import EMBEDDING, HOUSE, PLAIN, model_body, target, unknown, worker_models
from services.gateway.openai.parameters import SamplingParameters
from services.gateway.openai.questions import AnswerOptions, AskedQuestion, submit
from services.gateway.queries.stream_reader import StreamReader
from services.gateway.queries.submission import wait
from shared.events import Credential, QueryAnswered

routes = APIRouter(prefix="/v1", tags=["openai"], route_class=JsonRoute)


@routes.post("/chat/completions")
async def complete(
    wanted: Completion, request: Request, caller: Caller, context: Context, idempotency_key: IdempotencyKey = None
) -> Response:
    """Ask the documents: `cloister` all of them, `cloister/<workspace>` one workspace. `cloister-plain` asks none."""
    wish = AnswerOptions(
        wanted.longest,
        wanted.temperature,
        wanted.top_p,
        wanted.seed,
        wanted.stop,
        wanted.response_format,
        idempotency_key,
    )
    asked = wanted.conversation()
    found = await submit(context, request, caller, await target(context, wanted.model, wanted.workspace), asked, wish)
    return await _reply(context, request, found, wanted, CompletionStream, completion)


@routes.post("/completions")
async def complete_text(wanted: TextCompletion, request: Request, caller: Caller, context: Context) -> Response:
    """The same for clients that send a text: it is taken as a question."""
    wish = AnswerOptions(wanted.max_tokens, wanted.temperature, wanted.top_p, wanted.seed, wanted.stop)
    place = await target(context, wanted.model, wanted.workspace)
    found = await submit(context, request, caller, place, wanted.conversation(), wish)
    return await _reply(context, request, found, wanted, TextChunks, text_completion)


@routes.get("/models")
async def models(caller: Caller, context: Context) -> Response:
    """What answers: all documents, each workspace that the caller may ask, no documents, and the workers' models.

    `cloister-embedding` is left out, since clients offer for a chat whatever they find in this list.
    """
    return json({"object": "list", "data": [model_body(name) for name in await _names(context, caller)]})


@routes.get("/models/{name:path}")
async def model(name: Annotated[str, Path(max_length=200)], caller: Caller, context: Context) -> Response:
    """One model; a workspace's that the caller may not ask is as unknown as one that is not there."""
    if name not in (*await _names(context, caller), EMBEDDING):
        raise unknown(name)
    return json(model_body(name))


@routes.post("/embeddings")
async def embed(wanted: Embedding, caller: Caller, context: Context) -> Response:
    """Texts to vectors, by the model that the documents were indexed with: `cloister-embedding`, or its own name."""
    _, admitted = await admit(context, caller, "ask")
    found = await embedded(context, admitted.principal.id, wanted)
    return json(embeddings(found, wanted.model, wanted.encoding_format))


async def _reply(
    context: GatewayContext,
    request: Request,
    found: AskedQuestion,
    wanted: SamplingParameters,
    chunks: type[CompletionStream],
    whole: Callable[[QueryAnswered, str, CitationNumbering, str], dict[str, Any]],
) -> Response:
    """The answer in a stream of chunks, or whole."""
    call, marks, base = found.call, found.marks, found.base
    if wanted.stream:
        reader = StreamReader(call, beat=context.settings.heartbeat_seconds)
        return stream(reader, call.query, chunks(call.query, wanted.model, marks, base, wanted.with_usage))
    return json(whole(await wait(call, request), wanted.model, marks, base))


async def _names(context: GatewayContext, caller: Credential) -> list[str]:
    _, admitted = await admit(context, caller, "ask")
    plain = [PLAIN] if context.settings.plain_model else []
    knowledge = [HOUSE, *(f"{HOUSE}/{workspace}" for workspace in admitted.workspaces)]
    return [*knowledge, *plain, *await worker_models(context)]
