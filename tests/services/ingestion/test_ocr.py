"""Scans and pictures: their text is recognised, in Chinese and English, a page at a time."""

import io
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from services.ingestion.chunking.model import Unreadable
from services.ingestion.formats.ocr import runner
from services.ingestion.formats.pdf.reader import pdf
from services.ingestion.sandbox import client
from services.ingestion.sandbox.client import Parsed, parse
from services.ingestion.settings import IngestionSettings
from tests.services.ingestion import running as files

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
ENGLISH, CHINESE = "Invoice 4711: payment within 30 days", "采购金额超过五万元须经财务总监审批"
CJK = pytest.mark.skipif(not FONT.exists(), reason="drawing Chinese needs fonts-noto-cjk")


@cache
def drawn(*lines: str) -> Image.Image:
    """A picture of these lines."""
    picture = Image.new("RGB", (1240, 120 + 80 * len(lines)), "white")
    font = ImageFont.truetype(FONT, 36) if FONT.exists() else ImageFont.load_default(36)
    for n, line in enumerate(lines):
        ImageDraw.Draw(picture).text((90, 60 + 80 * n), line, font=font, fill="black")
    return picture


def saved(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def scan(*pages: str | Image.Image) -> bytes:
    """A PDF of texts and of pictures that fill their page."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for page in pages:
        if isinstance(page, str):
            canvas.drawString(72, 700, page)
        else:
            canvas.drawImage(ImageReader(page), 0, 300, 595, 595 * page.height / page.width)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


async def read(data: bytes, title: str) -> Parsed:
    return await parse(data, title, IngestionSettings())


@pytest.mark.parametrize("kind", ["png", "jpeg", "tiff", "webp", "bmp"])
async def test_the_text_of_a_picture_is_recognised(kind: str) -> None:
    found = await read(saved(drawn(ENGLISH), kind), f"a.{kind}")
    assert "payment within 30 days" in found.chunks[0].text


@CJK
async def test_chinese_is_recognised_beside_english() -> None:
    found = await read(saved(drawn(CHINESE, ENGLISH), "png"), "扫描件.png")
    assert CHINESE in found.chunks[0].text
    assert "4711" in found.chunks[0].text


async def test_only_the_pages_of_a_pdf_that_are_pictures_are_recognised() -> None:
    told: list[float] = []

    async def progress(share: float) -> None:
        told.append(share)

    data = scan("A page with a text of its own.", drawn(ENGLISH))
    found = await parse(data, "a.pdf", IngestionSettings(), progress=progress)
    assert [chunk.page for chunk in found.chunks] == [1, 2]
    assert found.chunks[0].text == "A page with a text of its own."
    assert "payment within 30 days" in found.chunks[1].text
    assert told[-1] == 1
    assert not found.removed


async def test_without_the_extra_a_scan_is_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "installed", lambda: False)
    with pytest.raises(Unreadable, match="install the extra `ocr`") as caught:
        await read(scan(drawn(ENGLISH)), "a.pdf")
    assert caught.value.reason == "no_text"


async def test_without_the_extra_unread_pages_of_a_mixed_file_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "installed", lambda: False)
    found = await read(scan("A page with a text of its own.", drawn(ENGLISH)), "a.pdf")
    assert found.removed == {"unread_pages": 1}


async def test_pages_over_the_limit_are_counted() -> None:
    settings = IngestionSettings(scan_pages=0)
    seen = await runner.recognise(scan(drawn(ENGLISH)), "a.pdf", [1], settings)
    assert (seen.lines, seen.unread) == ({}, [1])


def test_recognised_text_takes_the_place_of_a_text_layer_only_when_it_has_more() -> None:
    data = files.pdf("Stamped.")
    assert [page.text for page in pdf(data, {1: [("St", 10.0)]})[0]] == ["Stamped."]
    assert [page.text for page in pdf(data, {1: [("Stamped on 3 May.", 10.0)]})[0]] == ["Stamped on 3 May."]
