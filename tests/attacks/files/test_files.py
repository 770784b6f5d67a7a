"""Files made to hurt: each ends as a reason in words, and nothing else happens."""

import random
from collections.abc import Callable

import pytest

from services.ingestion.chunking.model import Unreadable
from services.ingestion.sandbox.client import parse
from services.ingestion.settings import IngestionSettings
from tests.attacks.files.makers import (
    ENTITIES,
    EXTERNAL,
    KINDS,
    OLE,
    PNG,
    flate_bomb,
    locked_pdf,
    locked_zip,
    noise,
    page_loop,
    repacked,
)
from tests.services.ingestion import running as files
from tests.services.ingestion.compound import compound


async def refused(data: bytes, title: str, **limits: float) -> str:
    """The reason; what is said with it has to be words with a remedy."""
    with pytest.raises(Unreadable) as caught:
        await parse(data, title, IngestionSettings.model_validate(limits))
    assert len(caught.value.error.split()) > 5
    assert caught.value.error.count(".") >= 1
    return caught.value.reason


async def told_or_read(data: bytes, title: str) -> str:
    """The reason, or nothing when it could be read after all."""
    try:
        await parse(data, title, IngestionSettings())
    except Unreadable as refusal:
        return refusal.reason
    return ""


FAIR = {"", "damaged", "no_text", "empty", "encrypted", "unsupported_type", "mislabelled", "too_complex", "unsafe"}
MADE: dict[str, tuple[Callable[[], bytes], str, set[str]]] = {
    "nothing": (lambda: b"", "a.txt", {"empty"}),
    "spaces": (lambda: b" \n\t" * 100, "a.txt", {"empty"}),
    "a byte order mark alone": (lambda: b"\xef\xbb\xbf", "a.txt", {"empty"}),
    "an empty page": (lambda: files.pdf(""), "a.pdf", {"no_text"}),
    "a locked PDF": (locked_pdf, "a.pdf", {"encrypted"}),
    "a locked container": (locked_zip, "a.docx", {"encrypted"}),
    "a locked Office file": (lambda: compound({"EncryptedPackage": b"x"}), "a.docx", {"encrypted"}),
    "an old container without its parts": (lambda: OLE, "a.doc", {"damaged"}),
    "an old program's file": (lambda: compound({"Contents": b"x"}), "a.doc", {"unsupported_type"}),
    "a program named PDF": (lambda: b"MZ\x90\0" + b"\0" * 500, "a.pdf", {"mislabelled"}),
    "a program": (lambda: b"MZ\x90\0" + b"\0" * 500, "setup.exe", {"unsupported_type"}),
    "a Linux program named text": (lambda: b"\x7fELF" + b"\1" * 500, "a.txt", {"mislabelled"}),
    "a picture named PDF": (lambda: PNG, "a.pdf", {"mislabelled"}),
    "a picture without a picture": (lambda: PNG, "a.png", {"no_text"}),
    "a PDF named DOCX": (lambda: KINDS["pdf"], "a.docx", {"mislabelled"}),
    "a text named PDF": (lambda: b"just words", "a.pdf", {"mislabelled"}),
    "an XLSX named DOCX": (lambda: KINDS["xlsx"], "a.docx", {"mislabelled"}),
    "a PDF named text": (lambda: KINDS["pdf"], "a.txt", {"mislabelled"}),
    "an archive named XLSX": (lambda: b"Rar!\x1a\x07" + b"\0" * 99, "a.xlsx", {"mislabelled"}),
    "an archive": (lambda: b"7z\xbc\xaf\x27\x1c" + b"\0" * 99, "a.7z", {"unsupported_type"}),
    "noise after a PDF's first line": (lambda: b"%PDF-1.7\n" + noise(50_000), "a.pdf", {"damaged"}),
    "a PDF's first line alone": (lambda: b"%PDF-1.7\n", "a.pdf", {"damaged"}),
    "noise in a container": (lambda: b"PK\x03\x04" + noise(9_000), "a.docx", {"damaged"}),
    "noise": (lambda: noise(9_001), "a", {"unsupported_type"}),
    "zeros": (lambda: b"\0" * 9_000, "a.txt", {"unsupported_type", "mislabelled", "empty"}),
    "pages that are their own parents": (page_loop, "a.pdf", {"damaged", "no_text", "too_big"}),
    "a bomb in a container": (lambda: repacked("docx", {"word/b.bin": b"\0" * (200 << 20)}), "a.docx", {"too_complex"}),
    "too many parts": (lambda: repacked("docx", {f"word/{n}": b"" for n in range(6000)}), "a.docx", {"too_complex"}),
    "entities that multiply": (lambda: repacked("docx", {"word/document.xml": ENTITIES}), "a.docx", {"unsafe"}),
    "a DTD in UTF-16": (lambda: repacked("xlsx", {"xl/workbook.xml": EXTERNAL}), "a.xlsx", {"unsafe"}),
    "no XML": (lambda: repacked("docx", {"word/document.xml": b"\xff\xfe<<<<"}), "a.docx", {"damaged", "empty"}),
    "no document": (lambda: repacked("docx", {"word/document.xml": b""}), "a.docx", {"damaged", "empty"}),
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
async def test_a_hostile_file_is_refused_with_its_reason(name: str) -> None:
    make, title, reasons = MADE[name]
    assert await refused(make(), title) in reasons


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
async def test_half_a_file_is_told_or_read_but_never_fails(kind: str, share: float) -> None:
    data = KINDS[kind][: int(len(KINDS[kind]) * share)]
    assert await told_or_read(data, f"a.{kind}") in {"", "damaged", "no_text", "empty"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
async def test_a_file_with_wrong_bytes_is_told_or_read_but_never_fails(kind: str, seed: int) -> None:
    chance, data = random.Random(seed), bytearray(KINDS[kind])
    for _ in range(50):
        data[chance.randrange(len(data))] = chance.randrange(256)
    assert await told_or_read(bytes(data), f"a.{kind}") in FAIR


async def test_a_page_that_inflates_without_end_is_stopped() -> None:
    assert await refused(flate_bomb(), "a.pdf", memory_mb=512, cpu_seconds=20) in {"too_complex", "no_text", "damaged"}


async def test_a_file_over_the_size_limit_is_refused_before_it_is_read() -> None:
    assert await refused(b"a" * 2000, "a.txt", max_bytes=1000) == "too_big"


async def test_a_deck_full_of_pictures_is_read_within_its_memory() -> None:
    deck = repacked("pptx", {"ppt/media/image9.png": noise(180 << 20)})
    found = await parse(deck, "a.pptx", IngestionSettings())
    assert len(found.chunks) == 3


async def test_a_slow_file_is_stopped_by_the_clock() -> None:
    assert await refused(files.pdf(*["words " * 20] * 900), "a.pdf", parse_seconds=0.05) == "too_complex"


async def test_an_output_over_the_limit_is_not_taken() -> None:
    assert await refused(b"word " * 5000, "a.txt", max_output=1000) == "too_big"
