"""Routes under `/v1`, as OpenAI's clients call them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute
from services.gateway.openai.chat_reply import CompletionStream, completion, stream
from services.gateway.openai.chat_request import Completion
from services.gateway.openai.embeddings import Embedding, embeddings
from services.gateway.openai.models import HOUSE, PLAIN, model_body, target, unknown, worker_models
from services.gateway.openai.questions import AnswerOptions, submit
from services.gateway.queries.stream_reader import StreamReader
from services.gateway.queries.submission import wait
from shared.events import Credential, Embed, Embedded

routes = APIRouter(prefix="/v1", tags=["openai"], route_class=JsonRoute)
# 384 numbers take about 8 KB as JSON, and a message at most 1 MB.
TEXTS_AT_ONCE = 32
EMBED_SECONDS = 60
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


@routes.post("/chat/completions")
async def complete(
    wanted: Completion, request: Request, caller: Caller, context: Context, idempotency_key: Key = None
) -> Response:
    """Ask the documents: `cloister` all of them, `cloister/<workspace>` one workspace. `cloister-plain` asks none."""
    wish = AnswerOptions(
        wanted.longest, wanted.temperature, wanted.top_p, wanted.seed, wanted.stop, wanted.response_format,
        idempotency_key,
    )  # fmt: skip
    asked = wanted.conversation()
    found = await submit(
        context, request, caller, await target(context, wanted.model, wanted.workspace), asked, wish
    )  # fmt: skip
    if wanted.stream:
        chunks = CompletionStream(found.call.query, wanted.model, found.marks, found.base, wanted.with_usage)
        return stream(StreamReader(found.call, beat=context.settings.heartbeat_seconds), found.call.query, chunks)
    return json(completion(await wait(found.call, request), wanted.model, found.marks, found.base))


@routes.get("/models")
async def models(caller: Caller, context: Context) -> Response:
    """All documents, each workspace that the caller may ask, no documents, and what the workers offer."""
    return json({"object": "list", "data": [model_body(name) for name in await _names(context, caller)]})


@routes.get("/models/{name:path}")
async def model(name: Annotated[str, Path(max_length=200)], caller: Caller, context: Context) -> Response:
    """One model; a workspace's that the caller may not ask is as unknown as one that is not there."""
    if name not in await _names(context, caller):
        raise unknown(name)
    return json(model_body(name))


@routes.post("/embeddings")
async def embed(wanted: Embedding, caller: Caller, context: Context) -> Response:
    """Texts to vectors, by the model that the documents were indexed with."""
    _, admitted = await admit(context, caller, "ask")
    texts, model = wanted.texts(), wanted.model
    vectors: list[tuple[float, ...]] = []
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        async with context.searches.share(admitted.principal.id):
            until, some = datetime.now(UTC) + timedelta(seconds=EMBED_SECONDS), texts[start : start + TEXTS_AT_ONCE]
            asked = Embed(texts=some, principal=admitted.principal.id, expires_at=until)
            part: Embedded = await context.bus.request(asked, timeout=EMBED_SECONDS + 2)
        model = part.model
        vectors += part.vectors
    return json(embeddings(vectors, model, wanted.encoding_format))


async def _names(context: GatewayContext, caller: Credential) -> list[str]:
    _, admitted = await admit(context, caller, "ask")
    plain = [PLAIN] if context.settings.plain_model else []
    knowledge = [HOUSE, *(f"{HOUSE}/{workspace}" for workspace in admitted.workspaces)]
    return [*knowledge, *plain, *await worker_models(context)]
