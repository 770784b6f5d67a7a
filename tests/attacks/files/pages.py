"""PDFs and pictures that hurt: streams that inflate, objects that go in circles, sizes that nobody has."""

import struct
import zlib
from collections.abc import Iterator

from tests.attacks.files.makers import objects

CATALOG, TREE = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<%b>>>>"


def stream(data: bytes, about: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (about, len(data), data)


def page(content: bytes, *more: bytes, about: bytes = b"", resources: bytes = b"") -> bytes:
    """One page of this content; the objects after it are 5, 6, …"""
    return objects(CATALOG, TREE, PAGE % resources, stream(content, about), *more)


def inflating(megabytes: int, times: int = 1) -> bytes:
    """A content that is packed more than once."""
    data = zlib.compress(b"(a) Tj " * (megabytes << 17), 9)
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return page(data, about=b"/Filter[%b]" % (b"/FlateDecode" * times))


def runs(megabytes: int) -> bytes:
    """Run lengths, 64 to one; wrapped, since one wrapping is not looked through by all."""
    return page(zlib.compress(b"\x81 " * (megabytes << 13), 9), about=b"/Filter[/FlateDecode/RunLengthDecode]")


def lzw() -> bytes:
    """Codes that each stand for a longer run."""
    bits = "".join(f"{code:09b}" for code in [256, 32, *range(258, 510)]) * 4000
    data = int(bits, 2).to_bytes(len(bits) // 8 + 1, "big")
    return page(data, about=b"/Filter/LZWDecode")


def drawing(itself: bool) -> bytes:
    """A form that draws itself, or one that draws the other and is drawn by it."""
    names = (b"5", b"5") if itself else (b"6", b"5")
    forms = [
        stream(b"/F Do " * 50, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %b 0 R>>>>" % name)
        for name in names
    ]
    return page(b"/F Do " * 50, *forms, resources=b"/XObject<</F 5 0 R>>")


def picture(width: int, height: int, filter: bytes, data: bytes) -> bytes:
    """A page that is a picture of this size."""
    about = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/%b"
    content = b"q 600 0 0 800 0 0 cm /I Do Q"
    return page(content, stream(data, about % (width, height, filter)), resources=b"/XObject<</I 5 0 R>>")


def many(count: int) -> bytes:
    """One page, named so many times."""
    tree = b"<</Type/Pages/Kids[%b]/Count %d>>" % (b"3 0 R " * count, count)
    return objects(CATALOG, tree, PAGE % b"", stream(b""))


def deep(levels: int) -> bytes:
    """A tree of pages of so many levels."""
    parts = [CATALOG]
    parts += [b"<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>" % (n + 1, n - 1) for n in range(2, levels)]
    return objects(*parts, b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 9 9]>>" % (levels - 1))


def arrays(levels: int) -> bytes:
    return objects(
        b"<</Type/Catalog/Pages 2 0 R/X %b%b>>" % (b"[" * levels, b"]" * levels), TREE, PAGE % b"", stream(b"")
    )


def before(data: bytes) -> bytes:
    """A table of objects that says it goes on in itself."""
    at = data.rindex(b"startxref\n") + 10
    place = data[at:].split(b"\n")[0]
    return data.replace(b"trailer<<", b"trailer<</Prev %b" % place)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A picture that says it is so large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def tiff(width: int, height: int) -> bytes:
    facts = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: 4}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in facts.items())
    return b"II*\0" + struct.pack("<IH", 8, len(facts)) + entries + struct.pack("<I", 0)


def frames() -> bytes:
    """A TIFF whose next picture is always the first."""
    data = tiff(16, 16)
    return data[:-4] + struct.pack("<I", 8)


def webp(width: int, height: int) -> bytes:
    head = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + head
    return b"RIFF" + struct.pack("<I", len(body)) + body


def bmp(width: int, height: int) -> bytes:
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, *[0] * 6)


def jpeg(width: int, height: int) -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xd9"


def gif(width: int, height: int) -> bytes:
    return (
        b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + b",\0\0\0\0" + struct.pack("<HHB", width, height, 0)
    )


def large() -> Iterator[tuple[str, bytes]]:
    """Pictures whose sizes nobody has, by their endings."""
    side = 60_000
    yield from {"png": png(side, side), "tiff": tiff(side, side), "webp": webp(16_000, 16_000)}.items()
    yield from {"bmp": bmp(side, side), "jpg": jpeg(side, side), "gif": gif(side, side)}.items()
