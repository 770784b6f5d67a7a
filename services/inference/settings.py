"""Settings of inference: engine, slots, context size."""

import os
from functools import cache

from pydantic import Field, SecretStr

from shared.settings import CloisterSettings, read


class InferenceSettings(CloisterSettings):
    """`engine` is embedded, ollama, openai, or `package.module:factory` of one's own."""

    engine: str = Field("embedded", pattern=r"^(embedded|ollama|openai|[\w.]+:\w+)$")
    engine_url: str = ""
    engine_key: SecretStr = SecretStr("")
    model: str = ""
    inference_slots: int = Field(2, ge=1, le=256)
    inference_pool: str = Field("default", pattern=r"^[\w-]+$")
    inference_context: int = Field(4096, ge=512)
    inference_max_tokens: int | None = Field(None, ge=1)
    inference_passage_tokens: int | None = Field(None, ge=64)
    inference_threads: int = Field(max(1, (os.cpu_count() or 2) - 1), ge=1)
    inference_thinks_first: bool = False
    inference_passages: int | None = Field(None, ge=1)
    planner: str = Field("auto", pattern=r"^(auto|off|[^@\s]+(@https?://\S+)?)$")
    inference_hosts: frozenset[str] = frozenset()

    @property
    def packaged(self) -> bool:
        """The model of the wheel has 135 million parameters: it is held to what the passages say."""
        return self.engine == "embedded" and not self.model

    @property
    def max_tokens(self) -> int:
        """The packaged model writes two statements at most, and needs two tokens for a Chinese character."""
        return self.inference_max_tokens or min(512 if self.packaged else 1024, self.inference_context // 4)

    def length(self, wanted: int | None) -> int:
        """Tokens an answer may have; half of the context is left for the prompt."""
        return min(wanted or self.max_tokens, self.inference_context // 2)

    @property
    def passages(self) -> int:
        """Passages that a prompt holds at most, the best ones."""
        return self.inference_passages or 20

    @property
    def passage_tokens(self) -> int:
        """Two cores read 300 to 800 tokens a second: 800 bring one's own model to its first word within seconds."""
        reads = self.engine == "embedded" and not self.packaged
        return self.inference_passage_tokens or (800 if reads else self.inference_context)


@cache
def settings() -> InferenceSettings:
    """This process's settings, read once."""
    return read(InferenceSettings)
