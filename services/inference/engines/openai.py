"""Any OpenAI-compatible server, such as vLLM."""

from collections.abc import AsyncGenerator
from typing import Any

from openai import APIConnectionError, APIStatusError, AsyncOpenAI, DefaultAsyncHttpxClient, OpenAIError

from services.inference.engines.registry import EngineFailed, GenerationRequest, OutputChunk
from services.inference.settings import InferenceSettings
from shared.errors import NotReady, Refused
from shared.events import Usage

# vLLM and llama.cpp hand it to the chat template; other servers leave it alone.
NO_THINKING = {"chat_template_kwargs": {"enable_thinking": False}}


class OpenAI:
    """`max_retries=0`: the bus retries, with a growing delay."""

    def __init__(self, url: str, key: str, model: str, http: DefaultAsyncHttpxClient | None = None) -> None:
        self._client = AsyncOpenAI(base_url=url, api_key=key or "none", max_retries=0, timeout=600, http_client=http)
        self._model = model
        self.digests: dict[str, str] = {}

    async def write(self, order: GenerationRequest) -> AsyncGenerator[OutputChunk]:
        try:
            stream = await self._client.chat.completions.create(**self._request(order))
            async with stream:
                async for chunk in stream:
                    yield _piece(chunk.model_dump())
        except OpenAIError as error:
            raise _translated(error) from error

    def _request(self, order: GenerationRequest) -> dict[str, Any]:
        return (
            order.sampling()
            | {
                "model": order.model,
                "messages": list(order.messages),
                "max_tokens": order.max_tokens,
                "temperature": order.temperature,
                "stream": True,
                "stream_options": {"include_usage": True},
            }
            | ({"response_format": _format(order.schema)} if order.schema else {})
            | ({} if order.think else {"extra_body": NO_THINKING})
        )

    async def models(self) -> tuple[str, ...]:
        try:
            names = [model.id async for model in self._client.models.list()]
        except OpenAIError as error:
            raise EngineFailed(f"The engine at {self._client.base_url} does not list its models: {error}") from error
        return tuple(sorted(names, key=lambda name: name != self._model))

    async def count(self, texts: list[str]) -> list[int] | None:
        return None

    async def close(self) -> None:
        await self._client.close()


async def open_engine(settings: InferenceSettings) -> OpenAI:
    if not settings.engine_url:
        raise NotReady("CLOISTER_ENGINE_URL is not set: give the server's address, such as http://gpu-1:8000/v1.")
    return OpenAI(settings.engine_url, settings.engine_key.get_secret_value(), settings.model)


def _format(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}


def _piece(chunk: dict[str, Any]) -> OutputChunk:
    choice = (chunk.get("choices") or [{}])[0]
    delta = choice.get("delta") or {}
    finish = choice.get("finish_reason")
    return OutputChunk(
        text=delta.get("content") or "",
        # vLLM says `reasoning`, DeepSeek and llama.cpp `reasoning_content`.
        reasoning=delta.get("reasoning") or delta.get("reasoning_content") or "",
        usage=_usage(chunk.get("usage")),
        finish=("length" if finish == "length" else "stop") if finish else None,
        model=chunk.get("model") or "" if finish else "",
        id=chunk.get("id") or "" if finish else "",
    )


def _usage(usage: dict[str, Any] | None) -> Usage | None:
    if not usage:
        return None
    return Usage(
        prompt_tokens=usage.get("prompt_tokens") or 0,
        completion_tokens=usage.get("completion_tokens") or 0,
        reasoning_tokens=(usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0,
    )


def _translated(error: OpenAIError) -> Exception:
    """400, 413 and 422 are about the input and will not pass next time; everything else may."""
    if isinstance(error, APIStatusError) and error.status_code in (400, 413, 422):
        return Refused("engine_refused", f"The model cannot take this question: {error.message[:300]}", 400)
    where = " (no connection)" if isinstance(error, APIConnectionError) else ""
    return EngineFailed(f"The engine failed{where}: {error}")
