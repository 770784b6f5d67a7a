"""/v1/embeddings as OpenAI's clients send and expect it."""

import base64
import struct
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.errors import Refused

MOST = 256
LONGEST = 32 * 1024
# The first error ends it: a list of errors costs more than the list.
BOUND = Field(max_length=2048, fail_fast=True)
Texts = Annotated[list[str], BOUND]
Numbers = Annotated[list[int], BOUND]


class Embedding(BaseModel):
    """The body of /v1/embeddings; fields that we do not use are let be."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    model: str = Field(max_length=200)
    input: str | Texts | Numbers | Annotated[list[Numbers], BOUND]
    encoding_format: Literal["float", "base64"] = "float"

    def texts(self) -> tuple[str, ...]:
        """The texts, or `Refused` when there are none, too many, or only token numbers."""
        given = [self.input] if isinstance(self.input, str) else self.input
        texts = tuple(text for text in given if isinstance(text, str))
        if not texts or len(texts) != len(given) or not all(texts):
            raise Refused("invalid", "The field 'input' must be a text or a list of texts, none of them empty.", 400)
        if len(texts) > MOST or max(map(len, texts)) > LONGEST:
            raise Refused("too_big", f"Send at most {MOST} texts of {LONGEST} characters at once.", 413)
        return texts


def embeddings(vectors: Sequence[Sequence[float]], model: str, form: str) -> dict[str, Any]:
    """The reply; `base64` is little-endian float32. Nothing is charged, so no tokens are counted."""
    written = [_written(vector, form) for vector in vectors]
    data = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(written)]
    return {"object": "list", "data": data, "model": model, "usage": {"prompt_tokens": 0, "total_tokens": 0}}


def _written(vector: Sequence[float], form: str) -> str | Sequence[float]:
    if form == "base64":
        return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    return vector
