"""Checks ZIP containers before a reader opens them: entries, real inflated size, ratio, no DTD."""

import codecs
import io
import lzma
import struct
import zipfile
import zlib

from services.ingestion.chunking.model import Unreadable
from services.ingestion.formats.media_types import MEDIA, READABLE
from services.ingestion.formats.ole.container import LOCKED

ENTRIES = 5000
INFLATED = 400 << 20
# Office XML compresses 5 to 30 times; what inflates 200 times and is large was made to hurt.
RATIO, HARMLESS = 200, 8 << 20
FAMILIES = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
OPEN = {MEDIA[kind]: kind for kind in ("odt", "ods", "odp", "epub")}
FOREIGN = ("[Content_Types].xml", "META-INF/MANIFEST.MF", "AndroidManifest.xml", "Index/Document.iwa", "mimetype")
MANIFEST = "META-INF/manifest.xml"
# An archive can be broken in as many ways as there are decompressors.
BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError),
    *(RuntimeError, EOFError, OSError, ValueError, KeyError, struct.error),
)
DOCTYPES = tuple(
    sign.encode(charset) for sign in ("<!DOCTYPE", "<!ENTITY") for charset in ("utf-8", "utf-16-le", "utf-16-be")
)
BOMB = (
    "It unpacks to far more than a document holds. Save it again from the program that made it, without embedded files."
)


def warm() -> None:
    """Load the codec of old names and the decompressors now: where a parser runs, nothing can be opened later."""
    codecs.lookup("cp437")
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(io.BytesIO(), "w", method) as box:
            box.writestr("a.xml", "a")


def family(data: bytes) -> str:
    """`docx`, `odt`, … or `zip` for an archive; `Unreadable` when it is damaged, encrypted or made to hurt."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            kind = _kind(box)
            check(box, len(data), strict=kind == "ofd" or kind in FAMILIES.values())
            if kind in OPEN.values() and MANIFEST in box.namelist() and b"encryption-data" in box.read(MANIFEST):
                raise Unreadable("encrypted", LOCKED)
            return kind
    except BROKEN as error:
        raise Unreadable(
            "damaged", "The file is damaged: it does not unpack. Upload it again or save it anew."
        ) from error


def _kind(box: zipfile.ZipFile) -> str:
    names = box.namelist()
    if "[Content_Types].xml" in names:
        for folder, kind in FAMILIES.items():
            if any(name.startswith(folder) for name in names):
                return kind
    elif "mimetype" in names and box.getinfo("mimetype").file_size < 100:
        return OPEN.get(box.read("mimetype").decode("ascii", "replace").strip(), "") or _foreign()
    if "OFD.xml" in names:
        return "ofd"
    if any(name.startswith(FOREIGN) for name in names):
        _foreign()
    return "zip"


def _foreign() -> str:
    words = f"It belongs to another program and cannot be read here. Save it as {READABLE}."
    raise Unreadable("unsupported_type", words)


def check(box: zipfile.ZipFile, packed: int, strict: bool) -> int:
    """The bytes that all entries unpack to. `strict`: an Office file, where a DTD has no business."""
    entries = box.infolist()
    if len(entries) > ENTRIES:
        raise Unreadable("too_complex", f"It holds {len(entries)} parts, more than {ENTRIES}. Split the document.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("encrypted", LOCKED)
    if sum(entry.compress_size for entry in entries) > packed:
        raise Unreadable("too_complex", "Its parts overlap, as in an archive made to hurt. Save it anew.")
    total = 0
    for entry in entries:
        total += _inflated(box, entry, INFLATED - total, strict)
    return total


def _inflated(box: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, strict: bool) -> int:
    """The bytes an entry really unpacks to; what it declares is not believed."""
    size, tail = 0, b""
    markup = strict and entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    with box.open(entry) as part:
        while block := part.read(1 << 20):
            size += len(block)
            if size > left or (size > HARMLESS and size > RATIO * max(entry.compress_size, 1)):
                raise Unreadable("too_complex", BOMB)
            if markup and any(sign in tail + block for sign in DOCTYPES):
                raise Unreadable(
                    "unsafe", "It holds a document type definition, which Office files never do. Save it anew."
                )
            tail = block[-32:]
    return size
