"""/v1/embeddings as OpenAI's clients send and expect it."""

import base64
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.gateway.context import GatewayContext
from services.gateway.openai.models import EMBEDDING, HOUSE, unknown
from shared.errors import Refused
from shared.events import Embed, Embedded

MOST = 2048
LONGEST = 32 * 1024
# 384 numbers take about 8 KB as JSON, and a message at most 1 MB.
TEXTS_AT_ONCE = 32
SECONDS = 60
TOKENS = (
    "The field 'input' holds numbers of tokens, which mean something to one tokenizer alone. Send texts: in LangChain "
    "set check_embedding_ctx_length=False."
)


def _texts(given: Any) -> Any:
    """The first error ends it: a list of errors costs more than the list."""
    if isinstance(given, list) and given and all(isinstance(one, int | list) for one in given[:3]):
        raise PydanticCustomError("unknown_field", TOKENS)
    return [given] if isinstance(given, str) else given


Inputs = Annotated[list[str], Field(min_length=1, max_length=MOST, fail_fast=True)]


class Embedding(BaseModel):
    """The body of /v1/embeddings; fields that we do not use are let be."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    model: str = Field(max_length=200)
    input: Annotated[Inputs, BeforeValidator(_texts)]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(None, ge=1)

    def texts(self) -> tuple[str, ...]:
        """The texts, or `Refused` when one is empty or too long."""
        if not all(self.input):
            raise Refused("invalid", "The field 'input' holds an empty text. Leave it out.", 400)
        if max(map(len, self.input)) > LONGEST:
            words = f"The field 'input' holds a text of more than {LONGEST} characters. Send it in parts."
            raise Refused("too_big", words, 413)
        return tuple(self.input)


async def embedded(context: GatewayContext, who: str, wanted: Embedding) -> Embedded:
    """Vectors of all texts, some at a time; `Refused` for another model (404) or another size (400)."""
    texts, vectors, tokens = wanted.texts(), list[tuple[float, ...]](), 0
    if wanted.model not in (HOUSE, EMBEDDING):
        _must_fit(wanted, await _part(context, who, texts[:1]))
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        part = await _part(context, who, texts[start : start + TEXTS_AT_ONCE])
        _must_fit(wanted, part)
        vectors += part.vectors
        tokens += part.tokens
    return Embedded(model=part.model, vectors=tuple(vectors), tokens=tokens)


async def _part(context: GatewayContext, who: str, texts: tuple[str, ...]) -> Embedded:
    async with context.searches.share(who):
        until = datetime.now(UTC) + timedelta(seconds=SECONDS)
        asked = Embed(texts=texts, principal=who, expires_at=until)
        found: Embedded = await context.bus.request(asked, timeout=SECONDS + 2)
        return found


def _must_fit(wanted: Embedding, found: Embedded) -> None:
    if wanted.model not in (HOUSE, EMBEDDING, found.model):
        raise unknown(wanted.model)
    if wanted.dimensions not in (None, size := len(found.vectors[0])):
        words = f"The field 'dimensions' cannot be {wanted.dimensions}: vectors of {found.model} have {size} numbers."
        raise Refused("invalid", f"{words} Leave it out.", 400)


def embeddings(found: Embedded, model: str, form: str) -> dict[str, Any]:
    """The reply; `base64` is little-endian float32."""
    written = [_written(vector, form) for vector in found.vectors]
    data = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(written)]
    usage = {"prompt_tokens": found.tokens, "total_tokens": found.tokens}
    return {"object": "list", "data": data, "model": model, "usage": usage}


def _written(vector: Sequence[float], form: str) -> str | Sequence[float]:
    if form == "base64":
        return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    return vector
