"""ONNX models in the folder layout of fastembed and sentence-transformers, one text at a time."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from shared.errors import NotReady

LONGEST = 512  # tokens, when the folder does not say
ZH = "为这个句子生成表示以用于检索相关文章："
# What a model wants before a text, when its folder does not say: for a question, for a passage.
PREFIXES = {"bge-small-zh": (ZH, ""), "bge-base-zh": (ZH, ""), "bge-large-zh": (ZH, ""), "e5": ("query: ", "passage: ")}


class OnnxModel:
    """A folder with an .onnx file, tokenizer.json and config.json; vectors are normalised.

    Texts go in one by one: nothing is padded, and what an int8 model makes of a text does not depend on its
    neighbours. Several threads may call at once; each run stays on the thread that asked.
    """

    batch = 1

    def __init__(self, folder: Path) -> None:
        self.name = folder.resolve().name
        self.threads = cores()
        self.prefixes = _prefixes(folder)
        self._session = _opened(folder)
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._first = _json(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token", "bge" in self.name)
        self._tokens = _tokenizer(folder)

    def questions(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""
        return np.stack([self._row(self.prefixes[0] + text) for text in texts])

    def passages(self, texts: Sequence[str]) -> Any:
        """Rows of numbers."""
        return np.stack([self._row(self.prefixes[1] + text) for text in texts])

    def count(self, texts: Sequence[str]) -> int:
        """Tokens of all texts together."""
        return sum(len(self._tokens.encode(text).ids) for text in texts)

    def _row(self, text: str) -> Any:
        ids = np.array([self._tokens.encode(text).ids], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        found = self._session.run(None, {name: given[name] for name in self._inputs})[0][0]
        if found.ndim == 2:  # one row a token
            found = found[0] if self._first else found.mean(axis=0)
        return found / (np.linalg.norm(found) or 1.0)


def cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def prefixes(model: str) -> tuple[str, str]:
    """What a model of this name wants before a question and before a passage."""
    return next((pair for part, pair in PREFIXES.items() if part in model.lower()), ("", ""))


def session(model: str | bytes) -> Any:
    """From a file or its bytes; a run stays on the thread that asks for it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _opened(folder: Path) -> Any:
    weights = next(iter(sorted(folder.rglob("*.onnx"))), None)
    if weights is None:
        raise NotReady(f"{folder} has no .onnx file. Put the whole model there, or run `cloister models pull`.")
    try:
        return session(str(weights))
    except Exception as error:  # its own classes share no parent of theirs
        raise NotReady(f"{weights} cannot be loaded ({error}). Fetch the model again.") from error


def _tokenizer(folder: Path) -> Any:
    try:
        found = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the library raises nothing narrower
        raise NotReady(f"{folder}/tokenizer.json cannot be read ({error}). Fetch the model again.") from error
    said = _json(folder / "tokenizer_config.json").get("model_max_length", LONGEST)
    found.enable_truncation(min(int(said), _json(folder / "config.json").get("max_position_embeddings", LONGEST)))
    found.no_padding()
    return found


def _prefixes(folder: Path) -> tuple[str, str]:
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    if not prompts:
        return prefixes(folder.resolve().name)
    return prompts.get("query", ""), prompts.get("passage", prompts.get("document", ""))


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    return found
