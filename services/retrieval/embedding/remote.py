"""Embedding models over HTTP: Ollama's `/api/embed` or OpenAI's `/v1/embeddings`."""

import math
import re
from collections.abc import Sequence
from typing import Any

import httpx

from services.retrieval.embedding.onnx import prefixes
from shared.errors import NotReady, Unavailable

BATCH = 16
SECONDS = 60.0
LONGEST = 8000  # characters of a text that are sent: no chunk has more, and a model reads no more


class RemoteEmbedder:
    """`kind` is ollama or openai; the server must be one of the company's own."""

    def __init__(self, kind: str, model: str, client: httpx.AsyncClient) -> None:
        self.name = f"{kind}-{model}"
        self._kind, self._model, self._client = kind, model, client
        self._before = prefixes(model)

    @classmethod
    def named(cls, named: str, key: str) -> "RemoteEmbedder":
        """From `ollama:<model>@<url>` or `openai:<model>@<url>`."""
        parts = re.fullmatch(r"(ollama|openai):(.+)@(https?://.+)", named)
        if parts is None:
            raise NotReady(f"CLOISTER_EMBEDDER={named!r} should read <kind>:<model>@http://host:port. Correct it.")
        kind, model, url = parts.groups()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return cls(kind, model, httpx.AsyncClient(base_url=url.removesuffix("/v1"), headers=headers, timeout=SECONDS))

    async def questions(self, texts: Sequence[str]) -> list[list[float]]:
        """For asking."""
        return await self._embed(self._before[0], texts)

    async def passages(self, texts: Sequence[str]) -> list[list[float]]:
        """For being found."""
        return await self._embed(self._before[1], texts)

    async def _embed(self, before: str, texts: Sequence[str]) -> list[list[float]]:
        found: list[list[float]] = []
        for at in range(0, len(texts), BATCH):
            found += await self._ask([before + text[:LONGEST] for text in texts[at : at + BATCH]])
        return [_unit(row) for row in found]

    async def _ask(self, texts: list[str]) -> list[list[float]]:
        path = "/api/embed" if self._kind == "ollama" else "/v1/embeddings"
        try:
            reply = await self._client.post(path, json={"model": self._model, "input": texts})
            reply.raise_for_status()
            body: dict[str, Any] = reply.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable(
                f"The embedding model {self._model} does not answer ({error}). Try again soon."
            ) from error
        if self._kind == "ollama":
            return list(body["embeddings"])
        return [item["embedding"] for item in sorted(body["data"], key=lambda item: item["index"])]


def _unit(row: Sequence[float]) -> list[float]:
    length = math.sqrt(sum(x * x for x in row)) or 1.0
    return [x / length for x in row]
