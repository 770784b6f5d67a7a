"""Traces and measures an engine, with the attributes of OpenTelemetry's conventions for generative AI."""

import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from prometheus_client import Counter, Histogram

from services.inference.engines.registry import Engine, GenerationRequest, OutputChunk
from services.inference.settings import InferenceSettings
from shared.telemetry import tracer

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160)
FIRST_TOKEN_SECONDS = Histogram(
    "cloister_model_first_token_seconds", "From the call of a model to its first token", ["model"], buckets=SECONDS
)
MODEL_SECONDS = Histogram("cloister_model_seconds", "Calls of a model", ["model", "outcome"], buckets=SECONDS)
TOKENS = Counter("cloister_tokens_total", "Tokens that models read and wrote", ["model", "type"])
PROVIDERS = {"embedded": "llama_cpp", "ollama": "ollama", "openai": "openai"}


class InstrumentedEngine:
    """The engine, with a span around each call."""

    def __init__(self, engine: Engine, settings: InferenceSettings) -> None:
        self._engine = engine
        self.models, self.count, self.close = engine.models, engine.count, engine.close
        url = urlsplit(settings.engine_url)
        self._about: dict[str, Any] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": PROVIDERS.get(settings.engine, settings.engine.partition(":")[0]),
        }
        if url.hostname:
            port = url.port or (443 if url.scheme == "https" else 80)
            self._about |= {"server.address": url.hostname, "server.port": port}

    @property
    def digests(self) -> dict[str, str]:
        """The hashes that the engine knows by now."""
        found: dict[str, str] = getattr(self._engine, "digests", {})
        return found

    async def write(self, order: GenerationRequest) -> AsyncGenerator[OutputChunk]:
        with self._call(order) as call:
            async with aclosing(self._engine.write(order)) as pieces:
                async for piece in pieces:
                    call.take(piece)
                    yield piece

    @contextmanager
    def _call(self, order: GenerationRequest) -> Iterator["EngineCall"]:
        # Not the current span: the consumer of a generator may end it in another context.
        span = tracer("inference").start_span(
            f"chat {order.model}", kind=SpanKind.CLIENT, attributes=self._about | _asked(order)
        )
        call = EngineCall(span, order.model)
        try:
            yield call
        except GeneratorExit:
            call.end("stopped")
            raise
        except BaseException as error:  # records the outcome and raises again
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(Status(StatusCode.ERROR))
            call.end("failed" if isinstance(error, Exception) else "stopped")
            raise
        call.end("done")


def _asked(order: GenerationRequest) -> dict[str, Any]:
    return {
        "gen_ai.request.model": order.model,
        "gen_ai.request.max_tokens": order.max_tokens,
        "gen_ai.request.temperature": order.temperature,
        "gen_ai.request.stream": True,
        "gen_ai.output.type": "json" if order.schema else "text",
    }


class EngineCall:
    """One call of a model, from its first piece to its end."""

    def __init__(self, span: Span, model: str) -> None:
        self._span, self._model, self._began, self._first = span, model, time.perf_counter(), True
        self._counted = dict[str, int]()

    def take(self, piece: OutputChunk) -> None:
        """Notes what the piece says of the answer: when it began, its model and id, tokens, why it ended."""
        if self._first and (piece.text or piece.reasoning):
            self._first, waited = False, time.perf_counter() - self._began
            FIRST_TOKEN_SECONDS.labels(self._model).observe(waited)
            self._span.set_attribute("gen_ai.response.time_to_first_chunk", waited)
        if piece.model:
            self._span.set_attribute("gen_ai.response.model", piece.model)
        if piece.id:
            self._span.set_attribute("gen_ai.response.id", piece.id)
        if piece.finish:
            self._span.set_attribute("gen_ai.response.finish_reasons", (piece.finish,))
        if usage := piece.usage:
            counted = {"input": usage.prompt_tokens, "output": usage.completion_tokens}
            self._span.set_attributes({f"gen_ai.usage.{kind}_tokens": number for kind, number in counted.items()})
            if usage.reasoning_tokens:
                self._span.set_attribute("gen_ai.usage.reasoning.output_tokens", usage.reasoning_tokens)
            self._counted = counted

    def end(self, outcome: str) -> None:
        """`done`, `failed`, or `stopped` when nobody wanted more of it."""
        for kind, number in self._counted.items():
            TOKENS.labels(self._model, kind).inc(number)
        MODEL_SECONDS.labels(self._model, outcome).observe(time.perf_counter() - self._began)
        self._span.end()
