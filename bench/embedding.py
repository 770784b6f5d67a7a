"""Documents of mixed length a second beside fastembed's default call, and what a question waits while they go in."""

import asyncio
import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.tables import table
from services.retrieval.embedding.bilingual import CHINESE, ENGLISH, Bilingual
from services.retrieval.embedding.executor import LocalEmbedder
from services.retrieval.embedding.onnx import OnnxModel
from services.retrieval.settings import own
from shared.settings import settings

DOCUMENTS, LONGEST = 128, 600
QUESTIONS = 60
ROOT = Path(__file__).parent.parent


def pieces(pattern: str, joint: str) -> list[str]:
    """From 4 to 600 words or characters, 60 in the middle, as lengths of text are: most are short, few are long."""
    dice = random.Random(7)
    told = "\n".join(
        path.read_text(errors="ignore") for path in sorted(ROOT.rglob("*.md")) if ".venv" not in path.parts
    )
    words = re.findall(pattern, told)
    lengths = [max(4, min(LONGEST, int(dice.lognormvariate(4.1, 1.0)))) for _ in range(DOCUMENTS)]
    starts = [dice.randrange(max(1, len(words) - length)) for length in lengths]
    return [joint.join(words[at : at + length]) for at, length in zip(starts, lengths, strict=True)]


def peer(folder: Path) -> Any:
    """fastembed on the same files."""
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    name, first = f"bench/{folder.name}", "bge" in folder.name
    TextEmbedding.add_custom_model(
        model=name, pooling=PoolingType.CLS if first else PoolingType.MEAN, normalization=True,
        dim=512 if first else 384, sources=ModelSource(url="https://localhost/none"), model_file="model.onnx",
    )  # fmt: skip
    return TextEmbedding(model_name=name, specific_model_path=str(folder))


def compared(folder: Path, texts: Sequence[str]) -> list[str]:
    """A row: the peer once, ours once, and whether they say the same.

    An int8 model scales by the whole batch: the last column has each text by itself in the peer as well.
    """
    theirs, model = peer(folder), OnnxModel(folder)
    before = model.prefixes[1]
    local = LocalEmbedder(model)
    asyncio.run(local.passages(texts[:4]))
    told = [before + text for text in texts]
    rows, slow = _timed(lambda: np.array(list(theirs.embed(told))))
    single = np.array(list(theirs.embed(told, batch_size=1)))
    mine, fast = _timed(lambda: np.array(asyncio.run(LocalEmbedder(model).passages(texts))))
    cosines, alone = (rows * mine).sum(axis=1), (single * mine).sum(axis=1)
    rates = [f"{len(texts) / seconds:.1f}" for seconds in (slow[0], fast[0])]
    times = [f"{slow[0] / fast[0]:.1f}", f"{slow[1] / fast[1]:.1f}", "≥ 5"]
    return [folder.name, *rates, *times, f"{cosines.mean():.4f}", f"{cosines.min():.4f}", "≥ .99", f"{alone.min():.4f}"]


def _timed(work: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    """What came out, and seconds by the clock and of the processor."""
    began, used = time.perf_counter(), time.process_time()
    found = work()
    return found, (time.perf_counter() - began, time.process_time() - used)


async def waits(local: LocalEmbedder, busy: bool, texts: Sequence[str]) -> list[str]:
    """Milliseconds of a question, alone or while documents go in without end."""
    stop = asyncio.Event()

    async def bulk() -> None:
        while not stop.is_set():
            await local.passages(texts)

    running = asyncio.create_task(bulk()) if busy else None
    walls = []
    for n in range(QUESTIONS):
        await asyncio.sleep(0.05)
        began = time.perf_counter()
        await local.questions([f"What is the hotel limit in Europe? 出差住宿标准是多少？({n})"])
        walls.append((time.perf_counter() - began) * 1000)
    stop.set()
    if running:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    walls.sort()
    return ["while documents go in" if busy else "alone", f"{walls[len(walls) // 2]:.1f}", f"{walls[-4]:.1f}"]


async def questions(folder: Path, texts: Sequence[str]) -> list[list[str]]:
    local = LocalEmbedder(Bilingual(folder))
    await local.questions(["warm"])
    return [await waits(local, busy, texts) for busy in (False, True)]


def main() -> None:
    folder = own().models or settings().home / "models"
    if not (folder / ENGLISH).is_dir():
        print(f"embedding: there is no model in {folder}; run `cloister models pull` first")
        return
    english, chinese = pieces(r"[A-Za-z]+[,.]?", " "), pieces(r"[\u4e00-\u9fff，。]", "")
    rows = [compared(folder / ENGLISH, english), compared(folder / CHINESE, chinese)]
    head = [
        "model",
        "fastembed, documents/s",
        "ours",
        "times",
        "by CPU",
        "goal",
        "cosine",
        "least",
        "goal",
        "one by one",
    ]
    table("Documents of mixed length, the same int8 model, all cores", head, rows)
    waiting = asyncio.run(questions(folder, english + chinese))
    table("A question in both languages, bilingual", ["", "p50 ms", "p95 ms"], waiting)


if __name__ == "__main__":
    main()
