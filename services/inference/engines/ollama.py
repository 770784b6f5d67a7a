"""Ollama's `/api/chat`."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import httpx
from ollama import AsyncClient, ChatResponse, ResponseError

from services.inference.engines.registry import EngineFailed, GenerationRequest, OutputChunk
from services.inference.settings import InferenceSettings
from shared.errors import Refused
from shared.events import Usage

DEFAULT_URL = "http://127.0.0.1:11434"


class Ollama:
    """`num_ctx` is always sent: without it Ollama cuts long prompts silently."""

    def __init__(self, url: str, key: str, model: str) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._url, self._model = url, model
        self._client = AsyncClient(host=url, headers=headers, timeout=httpx.Timeout(600, connect=5), trust_env=False)
        self._thinks: dict[str, bool] = {}
        self.digests: dict[str, str] = {}

    async def write(self, order: GenerationRequest) -> AsyncGenerator[OutputChunk]:
        try:
            async with aclosing(await self._client.chat(**await self._request(order))) as parts:
                async for part in parts:
                    yield _piece(part)
        except ResponseError as error:
            raise _translated(error) from error
        except (httpx.HTTPError, ConnectionError, ValueError) as error:
            raise EngineFailed(f"Ollama at {self._url} cannot be reached or broke off: {error!r}") from error

    async def _request(self, order: GenerationRequest) -> dict[str, Any]:
        options = {"num_ctx": order.context, "num_predict": order.max_tokens, "temperature": order.temperature}
        request = {"model": order.model, "messages": order.messages, "stream": True}
        request |= {"options": options | order.sampling()}
        request |= {"format": order.schema} if order.schema else {}
        return request | ({"think": order.think} if await self._can_think(order.model) else {})

    async def _can_think(self, model: str) -> bool:
        """Models that cannot think refuse to be asked to."""
        if model not in self._thinks:
            shown = await self._client.show(model)
            self._thinks[model] = "thinking" in (shown.capabilities or [])
        return self._thinks[model]

    async def models(self) -> tuple[str, ...]:
        try:
            listed = await self._client.list()
        except (ResponseError, httpx.HTTPError, ConnectionError, ValueError) as error:
            raise EngineFailed(
                f"Ollama at {self._url} cannot be reached: {error}. Start it, or set its URL."
            ) from error
        self.digests = {model.model: model.digest for model in listed.models if model.model and model.digest}
        names = [model.model for model in listed.models if model.model]
        if self._model and self._model not in names and f"{self._model}:latest" not in names:
            raise EngineFailed(f"Ollama at {self._url} does not have {self._model}. Run `ollama pull {self._model}`.")
        default = self._model.removesuffix(":latest")
        return tuple(sorted(names, key=lambda name: name.removesuffix(":latest") != default))

    async def count(self, texts: list[str]) -> list[int] | None:
        return None

    async def close(self) -> None:
        await self._client.close()  # type: ignore[no-untyped-call]


async def open_engine(settings: InferenceSettings) -> Ollama:
    return Ollama(settings.engine_url or DEFAULT_URL, settings.engine_key.get_secret_value(), settings.model)


def _piece(part: ChatResponse) -> OutputChunk:
    usage = Usage(prompt_tokens=part.prompt_eval_count or 0, completion_tokens=part.eval_count or 0)
    return OutputChunk(
        text=part.message.content or "",
        reasoning=part.message.thinking or "",
        usage=usage if part.done else None,
        finish=("length" if part.done_reason == "length" else "stop") if part.done else None,
        model=part.model or "" if part.done else "",
    )


def _translated(error: ResponseError) -> Exception:
    """400 is about the input; 404 means no such model; a line with an error in mid-stream comes as status -1."""
    if error.status_code == 400:
        return Refused("engine_refused", f"The model cannot take this question: {error.error[:300]}", 400)
    return EngineFailed(f"Ollama failed ({error.status_code}): {error.error}")
