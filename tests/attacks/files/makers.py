"""Makers of files that hurt."""

import io
import random
import zipfile
import zlib

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.services.ingestion import running as files
from tests.services.ingestion.old_slides import Card, old_slides
from tests.services.ingestion.old_word import Run, old_word

KINDS = {
    "pdf": files.pdf("A page of text."), "docx": files.word(), "xlsx": files.sheets(), "pptx": files.slides(),
    "ppt": old_slides(Card("采购制度", "三十天", "慢一点"), Card("第二", "价格")),
    "doc": old_word(Run("采购制度\r", style=1), Run("价格\x07", how=("in table",)), Run("正文\r")),
}  # fmt: skip
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "ha">]><w>&a;</w>'
EXTERNAL = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><a/>'.encode("utf-16")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def repacked(kind: str, add: dict[str, bytes]) -> bytes:
    """The same container with parts added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(KINDS[kind])) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in add:
                new.writestr(name, old.read(name))
        for name, part in add.items():
            new.writestr(name, part)
    return out.getvalue()


def locked_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", ownerPassword="owner"))
    canvas.drawString(72, 700, "secret plan")
    canvas.save()
    return out.getvalue()


def locked_zip() -> bytes:
    data = bytearray(KINDS["docx"])
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    return bytes(data)


def objects(*parts: bytes) -> bytes:
    """A well-formed PDF of these objects, the first of them its catalog."""
    out, places = b"%PDF-1.4\n", []
    for n, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    return out + head + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, len(out))


def flate_bomb(megabytes: int = 1500) -> bytes:
    """A PDF whose one page inflates to far more than a page can have."""
    squeezer = zlib.compressobj(9)
    packed = b"".join(squeezer.compress(b"(a) Tj " * 150_000) for _ in range(megabytes)) + squeezer.flush()
    return objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 9 9]/Resources<<>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
    )


def page_loop() -> bytes:
    """Pages that are their own parents."""
    return objects(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999>>")
