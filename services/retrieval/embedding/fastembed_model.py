"""Embedding models of fastembed's catalogue."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from services.retrieval.embedding.onnx import prefixes
from shared.errors import NotReady


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
