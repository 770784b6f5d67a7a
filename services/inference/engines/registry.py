"""The protocol of language model engines, and the engine that the settings name."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, Protocol, TypedDict

from services.inference.settings import InferenceSettings
from shared.errors import NotReady
from shared.events import Usage

Finish = Literal["stop", "length"]
BUILT_IN = {
    "embedded": "services.inference.engines.embedded:open_engine",
    "ollama": "services.inference.engines.ollama:open_engine",
    "openai": "services.inference.engines.openai:open_engine",
}


class Message(TypedDict):
    """One turn, as all chat interfaces know it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class OutputChunk:
    """Some of: answer text, reasoning text, token counts, why it ended, and by which model under which id."""

    text: str = ""
    reasoning: str = ""
    usage: Usage | None = None
    finish: Finish | None = None
    model: str = ""
    id: str = ""


@dataclass(frozen=True)
class GenerationRequest:
    """What is to be written: `context` tokens in all, `max_tokens` of them new. The embedded one keeps to `grammar`.

    With `schema` it is JSON that fits, as far as the engine can hold a model to it. Without `think` a model that can be
    told so does not reason first.
    """

    messages: tuple[Message, ...]
    model: str
    context: int
    max_tokens: int
    temperature: float
    grammar: str = ""
    schema: dict[str, Any] | None = None
    stop: tuple[str, ...] = ()
    top_p: float | None = None
    seed: int | None = None
    think: bool = True

    def sampling(self) -> dict[str, Any]:
        """`stop`, `top_p` and `seed` under the names that every engine has for them, as far as they are given."""
        given = {"stop": list(self.stop) or None, "top_p": self.top_p, "seed": self.seed}
        return {name: value for name, value in given.items() if value is not None}

    def settings(self) -> dict[str, float]:
        """What the record of the answer says of it; its stop words may be a person's own."""
        chosen = {"top_p": self.top_p, "seed": self.seed}
        told = {"context": self.context, "max_tokens": self.max_tokens, "temperature": self.temperature}
        return told | {name: value for name, value in chosen.items() if value is not None}


class EngineFailed(RuntimeError):
    """The engine is away, busy or broke off; another attempt may do better."""


class Engine(Protocol):
    """Closing the iterator of `write` stops the engine's work on it. One that knows hashes of models has `digests`."""

    def write(self, order: GenerationRequest) -> AsyncGenerator[OutputChunk]: ...

    async def models(self) -> tuple[str, ...]:
        """The names it answers to, the default first; raises `EngineFailed`."""
        ...

    async def count(self, texts: list[str]) -> list[int] | None:
        """Tokens of each text, or None when only an estimate is possible."""
        ...

    async def close(self) -> None: ...


async def open_engine(settings: InferenceSettings) -> Engine:
    """The configured engine; `NotReady` says what is wrong with the setting."""
    module, _, factory = BUILT_IN.get(settings.engine, settings.engine).partition(":")
    try:
        make: Any = getattr(import_module(module), factory)
    except (ImportError, AttributeError) as error:
        raise NotReady(f"CLOISTER_ENGINE={settings.engine} cannot be imported: {error}.") from error
    engine: Engine = await make(settings)
    return engine
