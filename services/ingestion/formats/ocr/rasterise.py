"""Renders PDF pages and picture frames as images of bounded size."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageOps

from services.ingestion.formats.pdf.reader import opened

# Pixels: of the longer side, as A4 at 200 dots an inch; of what is decoded at all.
SIDE, MOST = 2340, 60_000_000
FRAMES = 1000
DOTS = 200 / 72

Pixels = Any  # rows of columns of blue, green and red


@dataclass(frozen=True, slots=True)
class Pictures:
    """How many there are, and each by its number from 1."""

    count: Callable[[], int]
    picture: Callable[[int], Pixels]


def pictures(data: bytes) -> Pictures:
    """Of a PDF or a picture; what a codec needs is loaded here."""
    Image.MAX_IMAGE_PIXELS = MOST
    Image.init()
    if b"%PDF-" not in data[:1024]:
        return Pictures(lambda: min(getattr(_open(data), "n_frames", 1), FRAMES), lambda page: _frame(data, page))
    document = opened(data)
    return Pictures(lambda: len(document), lambda page: _drawn(document, page))


def _drawn(document: pypdfium2.PdfDocument, number: int) -> Pixels:
    page = document[number - 1]
    longer = max(*page.get_size(), 1.0)
    drawn = page.render(scale=min(DOTS, SIDE / longer), rev_byteorder=False)
    page.close()
    return np.ascontiguousarray(drawn.to_numpy()[:, :, :3])


def _frame(data: bytes, number: int) -> Pixels:
    image = _open(data)
    if image.width * image.height > MOST:
        raise ValueError(f"{image.width} x {image.height} pixels are too many")
    image.seek(number - 1)
    image.draft("RGB", (SIDE, SIDE))
    image.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    paper = Image.new("RGBA", upright.size, "white")
    paper.alpha_composite(upright)
    return np.ascontiguousarray(np.asarray(paper)[:, :, 2::-1])


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))
