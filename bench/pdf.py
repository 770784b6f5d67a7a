"""Text of PDFs, pages a second: through the sandbox, beside raw pypdfium2 in this process."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pypdfium2

from bench.tables import table
from services.ingestion.sandbox.client import parse
from services.ingestion.settings import IngestionSettings

DATA = [Path(__file__).parents[2] / "shared" / "data" / name for name in ("financebench", "annual")]
ROUNDS = 3


def main() -> None:
    asyncio.run(measure())


async def measure() -> None:
    """For each file the best of some rounds, by turns: other work on the machine slows both."""
    found = {folder.name: [path.read_bytes() for path in sorted(folder.glob("*.pdf"))] for folder in DATA}
    rows = [await _row(name, files) for name, files in found.items() if files]
    head = (
        "files",
        "pages",
        "raw pypdfium2, pages/s",
        "one at a time",
        "as the service reads",
        "ratio",
        "ratio (goal 0.7)",
    )
    table("Text of PDFs", head, rows)


async def _row(name: str, files: Sequence[bytes]) -> tuple[str, ...]:
    pages, raw, boxed = 0, 0.0, 0.0
    for data in files:
        alone, inside = [], []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            count = _raw(data)
            alone.append(time.perf_counter() - began)
            await parse(data, "a.pdf", IngestionSettings())
            inside.append(time.perf_counter() - began - alone[-1])
        pages, raw, boxed = pages + count, raw + min(alone), boxed + min(inside)
    together = min([await _together(files) for _ in range(ROUNDS)])
    rates = (f"{pages / seconds:,.0f}" for seconds in (raw, boxed, together))
    return name, f"{pages:,}", *rates, f"{raw / boxed:.2f}", f"{raw / together:.2f}"


async def _together(files: Sequence[bytes]) -> float:
    """Seconds for all of them, as many at a time as the service reads."""
    began = time.perf_counter()
    await asyncio.gather(*(parse(data, "a.pdf", IngestionSettings()) for data in files))
    return time.perf_counter() - began


def _raw(data: bytes) -> int:
    document = pypdfium2.PdfDocument(data)
    for page in document:
        page.get_textpage().get_text_range()
    return len(document)


if __name__ == "__main__":
    main()
