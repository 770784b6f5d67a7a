"""Opens a model of its own for plans: by Ollama's interface where an Ollama answers, else by OpenAI's."""

from contextlib import suppress
from urllib.parse import urlsplit

import httpx

from services.inference.engines.measured import InstrumentedEngine
from services.inference.engines.registry import Engine, EngineFailed
from services.inference.settings import InferenceSettings

SECONDS = 5


async def open_own(url: str, settings: InferenceSettings) -> Engine:
    """The engine at `url`; without a path it stands for an Ollama or for `/v1`. Raises `EngineFailed` when it is away.

    Only Ollama's own interface can tell every model of it not to reason first.
    """
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    if await _is_ollama(root):
        return await _opened("ollama", root, settings)
    return await _opened("openai", url if parts.path.strip("/") else f"{root}/v1", settings)


async def _is_ollama(root: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client:
            reply = await client.get(f"{root}/api/version")
    except httpx.HTTPError as error:
        raise EngineFailed(f"The model server at {root} cannot be reached: {error!r}") from error
    with suppress(ValueError):
        return reply.is_success and "version" in reply.json()
    return False


async def _opened(kind: str, url: str, settings: InferenceSettings) -> Engine:
    # Imported only where they are used: their libraries cost half a second of the start.
    from services.inference.engines import ollama, openai

    at = settings.model_copy(update={"engine": kind, "engine_url": url, "model": ""})
    return InstrumentedEngine(await (ollama if kind == "ollama" else openai).open_engine(at), at)
