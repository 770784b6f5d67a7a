"""The corpus: files made to hurt, by what they are. Each is made when it is asked for."""

import zlib
from collections.abc import Callable
from email.message import EmailMessage
from functools import partial

from tests.attacks.files import containers, pages
from tests.attacks.files.makers import KINDS, OLE, noise, repacked
from tests.services.ingestion import running as files
from tests.services.ingestion.compound import Tree, compound

Maker = Callable[[], bytes]
PART = "Content-Type: message/external-body; access-type=URL; URL="
# Where nobody answers, and somebody listens whether it is asked.
ELSEWHERE = "http://127.0.0.1:{port}/asked"


def mailed(levels: int) -> bytes:
    """A message in a message in a message."""
    data = b"From: a@b.c\nSubject: x\n\nwords"
    for n in range(levels):
        head = b'From: a@b.c\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b%d"\n\n' % n
        data = head + b"--b%d\nContent-Type: message/rfc822\n\n%b\n--b%d--\n" % (n, data, n)
    return data


def attached(count: int, data: bytes, name: str = "a.txt") -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "words", "a@b.c"
    mail.set_content("words")
    for _ in range(count):
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def parted(levels: int) -> bytes:
    """Parts within parts."""
    head = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(levels))
    return b"From: a@b.c\nSubject: x\nMIME-Version: 1.0\n" + head + b"\nwords"


def outlook(levels: int = 1, attachment: bytes = b"words") -> bytes:
    """A message of Outlook's in a message of Outlook's."""
    tree: Tree = {"__properties_version1.0": b"\0" * 32, "__substg1.0_1000001F": "words".encode("utf-16-le")}
    box = {"__substg1.0_37010102": attachment}
    for _ in range(levels):
        tree, box = tree | {"__attach_version1.0_#00000000": box}, {"__substg1.0_3701000D": tree}
    return compound(tree)


def letters(count: int, message: bytes = b"From: a@b.c\nSubject: x\n\nwords\n") -> bytes:
    """As mail programs export a folder."""
    return b"\n".join([b"From a@b.c Fri Nov 27 10:00:00 2026\n" + message] * count)


def circular(stream: str) -> bytes:
    """A container from before 2007 whose table of sectors is noise, with one name in its directory."""
    return OLE + noise(4608) + f"{stream}\0".encode("utf-16-le").ljust(512, b"\1")


def inside(kind: str, part: str, data: bytes) -> Maker:
    return partial(repacked, kind, {part: data})


MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
BOMBS: dict[str, tuple[Maker, str]] = {
    **{f"{kind}: zeros": (inside(kind, "word/b.bin", b"\0" * (300 << 20)), f"a.{kind}") for kind in MAIN},
    **{f"{kind}: letters": (inside(kind, MAIN[kind], b"<a>" + b"a" * (90 << 20)), f"a.{kind}") for kind in MAIN},
    **{f"{kind}: deep": (inside(kind, MAIN[kind], b"<a>" * 2_000_000), f"a.{kind}") for kind in MAIN},
    "odt: zeros": (lambda: containers.opened("text", containers.CONTENT % (b" " * (300 << 20))), "a.odt"),
    "odt: laughs": (lambda: containers.opened("text", containers.LAUGHS + b"]><a>&j;</a>"), "a.odt"),
    "odt: deep": (lambda: containers.opened("text", b"<a>" * 1_000_000), "a.odt"),
    "ods: a million columns": (
        lambda: containers.opened("spreadsheet", containers.CONTENT % (
            b'<office:spreadsheet><table:table table:name="a"><table:table-row><table:'
            b'table-cell table:number-columns-repeated="1000000"/></table:table-row></table:table>'
            b"</office:spreadsheet>")), "a.ods"),
    "epub: laughs": (lambda: containers.book(containers.LAUGHS + b"]><html>&j;</html>"), "a.epub"),
    "epub: zeros": (lambda: containers.book(b" " * (300 << 20)), "a.epub"),
    "zip: zeros": (partial(containers.bomb, 500), "a.zip"),
    "zip: a text of zeros within a zip": (lambda: containers.packed({"b.zip": containers.bomb(300)}), "a.zip"),
    "zip: within each other": (partial(containers.nested, 6, 10), "a.zip"),
    "zip: ten thousand within each other": (partial(containers.nested, 3, 12), "a.zip"),
    "zip: overlapping": (containers.overlapping, "a.zip"),
    "zip: itself": (containers.itself, "a.zip"),
    "zip: too many": (lambda: containers.packed({f"{n}.txt": b"a" for n in range(4000)}), "a.zip"),
    "pdf: twice packed": (partial(pages.inflating, 400, 2), "a.pdf"),
    "pdf: thrice packed": (partial(pages.inflating, 400, 3), "a.pdf"),
    "pdf: runs": (partial(pages.runs, 400), "a.pdf"),
    "pdf: codes": (pages.lzw, "a.pdf"),
    "pdf: a large picture": (lambda: pages.picture(60_000, 60_000, b"FlateDecode", b"x"), "a.pdf"),
    "pdf: a large picture of zeros": (
        lambda: pages.picture(30_000, 30_000, b"FlateDecode", zlib.compress(b"\0" * (200 << 20), 9)), "a.pdf"),
    "pdf: a fax": (lambda: pages.picture(60_000, 60_000, b"CCITTFaxDecode", noise(999)), "a.pdf"),
    "pdf: JBIG2": (lambda: pages.picture(60_000, 60_000, b"JBIG2Decode", noise(998)), "a.pdf"),
    "pdf: JPEG 2000": (lambda: pages.picture(60_000, 60_000, b"JPXDecode", noise(997)), "a.pdf"),
    **{f"{ending}: large": (partial(bytes, data), f"a.{ending}") for ending, data in pages.large()},
    "png: zeros": (lambda: pages.png(20_000, 20_000, zlib.compress(b"\0" * (300 << 20), 9)), "a.png"),
    "tiff: always the first": (pages.frames, "a.tiff"),
    "rtf: groups": (lambda: b"{\\rtf1" + b"{" * 2_000_000, "a.rtf"),
    "rtf: a picture": (lambda: b"{\\rtf1{\\pict\\picw999999\\pich999999\\bin999999999 a}}", "a.rtf"),
    "gzip": (lambda: zlib.compress(b"\0" * (99 << 20), 9, wbits=31), "a.txt.gz"),
}  # fmt: skip
LOOPS: dict[str, tuple[Maker, str]] = {
    "pdf: a form that draws itself": (partial(pages.drawing, True), "a.pdf"),
    "pdf: forms that draw each other": (partial(pages.drawing, False), "a.pdf"),
    "pdf: a table that goes on in itself": (lambda: pages.before(KINDS["pdf"]), "a.pdf"),
    "pdf: a hundred thousand pages": (partial(pages.many, 100_000), "a.pdf"),
    "pdf: nine thousand empty pages": (partial(pages.many, 9_000), "a.pdf"),
    "pdf: a count that is not true": (lambda: KINDS["pdf"].replace(b"/Count 1", b"/Count 99999999"), "a.pdf"),
    "pdf: deep": (partial(pages.deep, 20_000), "a.pdf"),
    "pdf: arrays": (partial(pages.arrays, 200_000), "a.pdf"),
    "pdf: its own length": (lambda: pages.page(b"x", about=b"/Length 4 0 R"), "a.pdf"),
    "xlsx: all columns and rows": (partial(containers.wide, 16_384), "a.xlsx"),
    "csv: a million columns": (lambda: b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000, "a.csv"),
    "csv: a million rows": (lambda: b"a,b\n" * 1_000_000, "a.csv"),
    "csv: a quote without end": (lambda: b'a,"b' + b"c,d\n" * 1_000_000, "a.csv"),
    "ole: a table that goes on in itself": (lambda: circular("WordDocument"), "a.doc"),
    "html: deep": (lambda: b"<html><body>" + b"<div>" * 300_000 + b"words", "a.html"),
    "html: deep tables": (lambda: b"<html><body>" + b"<table><tr><td>" * 30_000 + b"words", "a.html"),
    "html: lists": (lambda: b"<html><body>" + b"<ul><li>" * 100_000 + b"words", "a.html"),
    "html: attributes": (lambda: b"<html><body " + b"a=b " * 1_000_000 + b">words", "a.html"),
    "html: a comment without end": (lambda: b"<html><body>words<!--" + b"-" * 3_000_000, "a.html"),
    "html: hidden, deep": (lambda: b"<html><body><p hidden>" + b"<b>" * 300_000 + b"words", "a.html"),
    "html: styles": (lambda: b"<html><style>" + b"a{" * 300_000 + b"</style><body hidden>words", "a.html"),
    "html: selectors": (lambda: b"<html><style>@media " + b"{" * 200_000 + b"</style><p hidden>words", "a.html"),
    "md: brackets": (lambda: b"[" * 300_000 + b"words", "a.md"),
    "md: links": (lambda: b"[a](" * 200_000, "a.md"),
    "md: pictures": (lambda: b"![" * 200_000 + b"](" * 200_000, "a.md"),
    "md: quotes": (lambda: b"> " * 200_000 + b"words", "a.md"),
    "md: stars": (lambda: b"**a" * 200_000, "a.md"),
    "md: a table of bars": (lambda: b"|" * 1_000_000 + b"\n" + b"|-" * 500_000 + b"|\n", "a.md"),
    "json: deep": (lambda: b"[" * 1_000_000, "a.json"),
    "txt: one line": (lambda: b"a" * 20_000_000, "a.txt"),
    "txt: blank lines": (lambda: b"a" + b"\n" * 20_000_000 + b"b", "a.txt"),
    "txt: blanks": (lambda: b"a" + b" " * 20_000_000 + b"b", "a.txt"),
    "txt: accents": (lambda: ("a" + "\u0301" * 2_000_000).encode(), "a.txt"),
    "txt: tags alone": (lambda: "\U000e0041".encode() * 1_000_000, "a.txt"),
    "txt: numbers of chapters": (lambda: "第一章 \n".encode() * 300_000, "a.txt"),
    "eml: messages": (partial(mailed, 60), "a.eml"),
    "eml: parts": (partial(parted, 3_000), "a.eml"),
    "eml: attachments": (partial(attached, 2_000, b"words"), "a.eml"),
    "msg: messages": (partial(outlook, 60), "a.msg"),
    "msg: a bomb": (lambda: outlook(1, containers.bomb(300)), "a.msg"),
    "mbox: messages": (partial(letters, 300_000), "a.mbox"),
    "mbox: attachments": (lambda: letters(40, attached(50, b"words")), "a.mbox"),
    "mbox: messages in messages": (lambda: letters(300, mailed(60)), "a.mbox"),
    "mbox: a bomb": (lambda: letters(2, attached(1, containers.bomb(300), "b.zip")), "a.mbox"),
    "mbox: a line": (lambda: letters(1) + b"From " * 2_000_000, "a.mbox"),
    "mbox: starts": (lambda: letters(1) + b"\n\nFrom a@b.c Fri Nov 27 10:00:00 2026" * 300_000, "a.mbox"),
    "mbox: quoted starts": (lambda: letters(1) + b">" * 5_000_000 + b"From", "a.mbox"),
    "mbox: a subject": (lambda: letters(1, b"From: a@b.c\nSubject:" + b"\n " * 900_000 + b"\n\nwords"), "a.mbox"),
    "msg: a table that goes on in itself": (lambda: circular("__properties_version1.0"), "a.msg"),
    "rtf: hidden groups": (lambda: b"{\\rtf1" + b"{\\v a" * 1_000_000, "a.rtf"),
    "rtf: a hidden picture": (lambda: b"{\\rtf1\\v {\\pict\\bin-9999999999 a}}", "a.rtf"),
    "odt: hidden, deep": (
        lambda: containers.opened("text", containers.CONTENT % (b'<text:p text:display="none">' * 200_000)), "a.odt"
    ),
    "odp: deep": (lambda: containers.opened("presentation", containers.CONTENT % (b"<a>" * 200_000)), "a.odp"),
    "ods: hidden columns": (
        lambda: containers.opened("spreadsheet", containers.CONTENT % (
            b'<table:table><table:table-column table:visibility="collapse" table:number-columns-repeated="99999999"/>'
            + b"<table:table-row/>" * 100_000 + b"</table:table>")), "a.ods"
    ),
    "pptx: shapes without end": (
        inside("pptx", "ppt/slides/slide1.xml", b'<a hidden="1">' + b"<p:sp>" * 200_000), "a.pptx"
    ),
    "pptx: runs without end": (
        inside("pptx", "ppt/slides/slide1.xml", b'<a hidden="1">' + b"<a:r><a:rPr>" * 200_000), "a.pptx"
    ),
    "eml: a bomb": (lambda: attached(1, containers.bomb(300), "b.zip"), "a.eml"),
    "eml: a header": (lambda: b"From: a@b.c\nSubject: " + b"=?utf-8?b?" * 200_000 + b"\n\nwords", "a.eml"),
    "eml: headers": (lambda: b"From: a@b.c\n" + b"X-A: b\n" * 300_000 + b"\nwords", "a.eml"),
    "eml: addresses": (lambda: b"From: a@b.c\nTo: " + b"<" * 100_000 + b"\n\nwords", "a.eml"),
}  # fmt: skip
POLYGLOTS: dict[str, tuple[Maker, str]] = {
    "a PDF that is an archive": (lambda: KINDS["pdf"] + containers.packed({"a.txt": b"words"}), "a.pdf"),
    "an archive that is a PDF": (lambda: containers.packed({"a.pdf": KINDS["pdf"]}, method=0), "a.zip"),
    "a page that is a PDF": (lambda: b"<html><body>words</body></html>" + KINDS["pdf"], "a.html"),
    "a picture that is an archive": (lambda: pages.gif(1, 1) + containers.packed({"a.txt": b"words"}), "a.gif"),
    "a program that is a PDF": (lambda: b"MZ" + b"\0" * 60 + KINDS["pdf"], "a.pdf"),
    "a Word file that is a sheet": (lambda: repacked("docx", {"xl/workbook.xml": b"<a/>"}), "a.docx"),
    "a Word file with a page in front": (lambda: b"<html>words</html>" + KINDS["docx"], "a.docx"),
    "a mail that is a page": (lambda: b"From: a@b.c\nSubject: <html>\n\n<html><script>1</script>words", "a.eml"),
    "a book that is a Word file": (lambda: KINDS["docx"], "a.epub"),
    "an archive named DOCX": (lambda: containers.packed({"a.txt": b"words"}), "a.docx"),
}
NAMES: dict[str, tuple[Maker, str]] = {
    **{f"in an archive: {about}": (partial(containers.packed, {name: b"words"}), "a.zip")
       for about, name in containers.TRICKS.items()},
    **{f"in a mail: {about}": (partial(attached, 1, b"words", name.replace("\n", " ")), "a.eml")
       for about, name in containers.TRICKS.items()},
    **{f"of the file: {about}": (lambda: b"words", name) for about, name in containers.TRICKS.items()},
}  # fmt: skip


def abroad(port: int) -> dict[str, tuple[bytes, str]]:
    """Files that want something from elsewhere, or from this machine."""
    url = ELSEWHERE.format(port=port)
    markup = containers.foreign(url)
    return {
        **{f"{kind}: entities": (repacked(kind, {part: markup}), f"a.{kind}") for kind, part in MAIN.items()},
        "odt: entities": (containers.opened("text", markup), "a.odt"),
        "epub: entities": (containers.book(markup), "a.epub"),
        "xml: entities": (markup, "a.xml"),
        "html: entities": (b"<!DOCTYPE html>" + markup, "a.html"),
        "docx: a template": (containers.linked(url), "a.docx"),
        "docx: a picture": (containers.linked(url, "image"), "a.docx"),
        "docx: a frame": (containers.linked("file:///etc/hostname", "frame"), "a.docx"),
        "html: pictures": (f"<html><img src='{url}'><iframe src='{url}'></iframe>words".encode(), "a.html"),
        "md: pictures": (f"![words]({url}) words".encode(), "a.md"),
        "pdf: a page elsewhere": (pages.page(b"", resources=f"/F({url})".encode()), "a.pdf"),
        "pdf: a file elsewhere": (pages.page(b"", about=f"/F<</FS/URL/F({url})>>".encode()), "a.pdf"),
        "rtf: a template": (f"{{\\rtf1{{\\*\\template {url}}}words}}".encode(), "a.rtf"),
        "eml: a part elsewhere": (f"From: a@b.c\nSubject: x\n{PART}\"{url}\"\n\nwords".encode(), "a.eml"),
    }  # fmt: skip


GOOD: dict[str, Maker] = {
    **{kind: partial(bytes, data) for kind, data in KINDS.items()},
    "zip": lambda: containers.packed({"a.txt": b"words", "b.pdf": KINDS["pdf"]}),
    "odt": lambda: containers.opened("text", containers.CONTENT % b"<office:text><text:p>words</text:p></office:text>"),
    "epub": lambda: containers.book(b"<html><body><h1>words</h1></body></html>"),
    "rtf": lambda: b"{\\rtf1\\ansi{\\fonttbl\\f0 Arial;}\\f0 " + b"words \\par " * 50 + b"}",
    "html": lambda: b"<html><body><table><tr><td>words</td></tr></table></body></html>" * 9,
    "csv": lambda: b'"name","value"\n' + b'"a, b",5\n' * 99,
    "eml": lambda: attached(2, files.pdf("words"), "a.pdf"),
    "msg": outlook,
    "mbox": lambda: letters(3, attached(1, b"words")),
    "png": lambda: pages.png(400, 300, zlib.compress(b"\0\xff\xff" * 120_100)),
}
