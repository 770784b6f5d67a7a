"""Containers that hurt: bombs, loops, overlaps, foreign entities, names with tricks."""

import io
import struct
import zipfile
import zlib

from tests.attacks.files.makers import KINDS, repacked

OASIS = b"urn:oasis:names:tc:opendocument:xmlns:"
CONTENT = (
    b'<?xml version="1.0"?><office:document-content xmlns:office="' + OASIS + b'office:1.0" xmlns:text="' + OASIS
    + b'text:1.0" xmlns:table="' + OASIS + b'table:1.0"><office:body>%b</office:body></office:document-content>'
)  # fmt: skip
LAUGHS = b"<!DOCTYPE z [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%b'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
TRICKS = {
    "a step upwards": "../../../../tmp/escaped.txt",
    "a root": "/etc/cron.d/escaped",
    "a drive": "C:\\Windows\\escaped.txt",
    "a network share": "\\\\server\\share\\a.txt",
    "a device": "/dev/stdin",
    "a control character": "a\x07\x1b[31mb.txt",
    "a new line": "a\nb.txt",
    "letters turned round": "invoice\u202efdp.exe",
    "nothing": "///...",
    "ten thousand letters": "x" * 10_000 + ".txt",
    "no letters": "\u200b\u2060.txt",
    "a home": "~/.ssh/authorized_keys",
}


def packed(members: dict[str, bytes], first: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive; `first` is the type that an OpenDocument file or a book begins with."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as box:
        if first:
            box.writestr(zipfile.ZipInfo("mimetype"), first)
        for name, data in members.items():
            box.writestr(name, data)
    return out.getvalue()


def opened(kind: str, content: bytes, **more: bytes) -> bytes:
    """OpenDocument text with this content."""
    first = b"application/vnd.oasis.opendocument." + kind.encode()
    return packed({"content.xml": content} | {name.replace("_", "."): data for name, data in more.items()}, first)


def book(page: bytes) -> bytes:
    """An EPUB of one page."""
    root = b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    root += b'<rootfile full-path="b.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    package = b'<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="p" href="p.xhtml" media-type='
    package += b'"application/xhtml+xml"/></manifest><spine><itemref idref="p"/></spine></package>'
    parts = {"META-INF/container.xml": root, "b.opf": package, "p.xhtml": page}
    return packed(parts, b"application/epub+zip")


def bomb(megabytes: int, name: str = "a.txt") -> bytes:
    return packed({name: b"\0" * (megabytes << 20)})


def nested(levels: int, width: int) -> bytes:
    """Archives within archives, each several times."""
    data = packed({"a.txt": b"words " * 1000})
    for _ in range(levels):
        data = packed({f"{n}.zip": data for n in range(width)})
    return data


def overlapping(entries: int = 400) -> bytes:
    """Many names for one and the same compressed block."""
    block = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = block.compress(b"\0" * (4 << 20)) + block.flush()
    head = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 33, zlib.crc32(b"\0" * (4 << 20)), len(body), 4 << 20, 1, 0)
    local, central = head + b"a" + body, b""
    for n in range(entries):
        name = b"%05d" % n
        facts = (20, 20, 0, 8, 0, 33, zlib.crc32(b"\0" * (4 << 20)), len(body), 4 << 20, len(name), 0, 0, 0, 0, 0, 0)
        central += struct.pack("<4s6H3I5H2I", b"PK\1\2", *facts) + name
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, entries, entries, len(central), len(local), 0)
    return local + central + end


def itself() -> bytes:
    """An archive whose directory says that its member is the whole file."""
    data = bytearray(packed({"a.zip": b"PK\3\4" + b"\0" * 60}, method=zipfile.ZIP_STORED))
    at = data.find(b"PK\1\2")
    data[at + 20 : at + 28] = struct.pack("<II", len(data), len(data))
    data[at + 42 : at + 46] = struct.pack("<I", 0)
    return bytes(data)


def linked(url: str, kind: str = "attachedTemplate") -> bytes:
    """A Word file that wants something from elsewhere."""
    name = "word/_rels/document.xml.rels"
    with zipfile.ZipFile(io.BytesIO(KINDS["docx"])) as box:
        rels = box.read(name).decode()
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    one = f'<Relationship Id="rX" Type="{office}/{kind}" Target="{url}" TargetMode="External"/>'
    return repacked("docx", {name: rels.replace("</Relationships>", f"{one}</Relationships>").encode()})


def wide(columns: int) -> bytes:
    """A sheet that says it has so many columns and rows, and shows its first and last cell."""
    cells = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>{columns}</v></c></row>'
    sheet = f'<dimension ref="A1:XFD1048576"/><sheetData>{cells}</sheetData>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return repacked("xlsx", {"xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}">{sheet}</worksheet>'.encode()})


def foreign(url: str) -> bytes:
    """Markup that wants a file and a page from elsewhere."""
    return f'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname"><!ENTITY u SYSTEM "{url}">]><p>&f;&u;</p>'.encode()
