"""Routes under `/v1` with citations as an extra field."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute
from services.gateway.openai.chat_completions import Completion, completion, stream
from services.gateway.openai.embeddings import Embedding, embeddings
from services.gateway.queries.stream_reader import Reader
from services.gateway.queries.submission import QueryRequest, ask, wait
from shared.errors import Refused
from shared.events import Embed, Embedded, ListModels, ModelNames

routes = APIRouter(prefix="/v1", tags=["openai"], route_class=JsonRoute)
HOUSE = "cloister"
# 384 numbers take about 8 KB as JSON, and a message at most 1 MB.
TEXTS_AT_ONCE = 32
EMBED_SECONDS = 60
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


@routes.post("/chat/completions")
async def complete(
    wanted: Completion, request: Request, caller: Caller, context: Context, idempotency_key: Key = None
) -> Response:
    """Ask the documents. The model `cloister` is the house's own, `cloister/<workspace>` the same on one workspace."""
    name, _, workspace = wanted.model.partition("/")
    house = name == HOUSE
    if not house and wanted.model not in await _models(context):
        words = f"There is no model {wanted.model[:80]!r} here. GET /v1/models lists them."
        raise Refused("model_not_found", words, 404)
    history, question = wanted.conversation()
    wish = QueryRequest(
        question, wanted.workspace or (workspace if house else None) or None, key=idempotency_key, history=history,
        model=None if house else wanted.model, max_tokens=wanted.longest, temperature=wanted.temperature,
    )  # fmt: skip
    call = await ask(context, caller, wish)
    if wanted.stream:
        return stream(Reader(call, beat=context.settings.heartbeat_seconds), call.query, wanted)
    return json(completion(await wait(call, request), wanted.model))


@routes.get("/models")
async def models(caller: Caller, context: Context) -> Response:
    """The house's own model, the same on each workspace that the caller may ask, and what the workers offer."""
    _, admitted = await admit(context, caller, "ask")
    names = [HOUSE, *(f"{HOUSE}/{workspace}" for workspace in admitted.workspaces), *await _models(context)]
    data = [{"id": name, "object": "model", "created": 0, "owned_by": HOUSE} for name in names]
    return json({"object": "list", "data": data})


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


async def _models(context: GatewayContext) -> tuple[str, ...]:
    found: ModelNames = await context.bus.request(ListModels())
    return found.models
