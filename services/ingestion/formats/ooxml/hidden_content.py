"""Removes hidden words, shapes, rows and columns from Office files, and counts them."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache, partial
from xml.etree import ElementTree

from services.ingestion.chunking.model import Unreadable
from services.ingestion.formats.invisible import take
from services.ingestion.formats.ooxml import background
from services.ingestion.formats.ooxml.excel.columns import column_name
from services.ingestion.formats.ooxml.relationships import keep_prefixes, tree_of
from services.ingestion.formats.ooxml.word.wordml import OFF, W

WORDS = re.compile(r"word/(?:document|header|footer|footnotes|endnotes|comments)\d*\.xml")
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
SLIDE = re.compile(r"ppt/slides/[^/]+\.xml")
# Without one of these nothing is hidden, and the file is taken as it is.
SIGNS = re.compile(
    rb'vanish|webHidden|w:val="[fF]{6}"|w:sz w:val="[1-3]"|hidden="(?:1|true)"'
    rb'|srgbClr val="[fF]{6}"|schemeClr val="bg1"|\ssz="(?:\d{1,2}|1[0-4]\d)"'
)
SHADED = {f"{W}shd", f"{W}highlight"}
HIDDEN_ROW = re.compile(r'<row\b[^>]*\shidden="(?:1|true)"[^>]*?(?:/>|>.*?</row>)', re.S)
HIDDEN_COLUMN = re.compile(r'<col\b(?=[^>]*\shidden="(?:1|true)")[^>]*>')
EDGE = re.compile(r'\b(min|max)="(\d+)"')
CELL = re.compile(r'<c r="([A-Z]{1,3})\d+"[^>]*?(?:/>|>.*?</c>)', re.S)
SHAPE = re.compile(r"<p:(sp|graphicFrame)>.*?</p:\1>", re.S)
MEDIA = re.compile(r"^(?:word|ppt|xl)/(?:media|embeddings)/|^Pictures/")
PICTURE = re.compile(rb"<p:pic>.*?</p:pic>", re.S)
HIDDEN_SHAPE = re.compile(r'<p:cNvPr\b[^>]*\shidden="(?:1|true)"')
TEXT = re.compile(r"<a:t>([^<]*)</a:t>")
PAIRED = ("p:sp", "p:graphicFrame", "a:r", "a:fld")
RUN = re.compile(r"(<a:(?:r|fld)\b[^>]*>\s*<a:rPr\b(?:[^>]*/>|.*?</a:rPr>)\s*<a:t>)([^<]*)(?=</a:t>)", re.S)
TINY_RUN = re.compile(r'<a:rPr\b[^>]*\ssz="(?:\d{1,2}|1[0-4]\d)"')
WHITE_RUN = re.compile(
    r'<a:rPr\b[^>]*>\s*(?:<a:ln\b.*?(?:/>|</a:ln>)\s*)?<a:solidFill>\s*<a:(?:srgbClr val="FFFFFF"|schemeClr val="bg1")',
    re.I | re.S,
)


def visible(data: bytes) -> bytes:
    """The file itself when nothing in it is hidden."""
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        changed = {entry.filename: part for entry in box.infolist() if (part := _part(box, entry.filename))}
        return repacked(box, changed) if changed else data


def unpictured(data: bytes) -> bytes:
    """A PPTX without its pictures."""
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        slides = (name for name in box.namelist() if SLIDE.fullmatch(name))
        return repacked(box, {name: PICTURE.sub(b"", box.read(name)) for name in slides})


def hidden_sheets(data: bytes) -> set[str]:
    """The names of the sheets that only a macro or a menu shows."""
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        book = tree_of(box, "xl/workbook.xml")
    return {sheet.get("name", "") for sheet in book.iterfind("{*}sheets/{*}sheet") if "idden" in sheet.get("state", "")}


def _part(box: zipfile.ZipFile, name: str) -> bytes | None:
    """A part without what is hidden in it, None where that is nothing."""
    hide: Callable[[str], str] | None = None
    if WORDS.fullmatch(name):
        hide = _words
    elif SHEET.fullmatch(name):
        hide = _cells
    elif SLIDE.fullmatch(name):
        hide = partial(_shapes, white=cache(partial(background.white, box, name)))
    part = box.read(name) if hide else b""
    return hide(part.decode("utf-8-sig")).encode() if hide and SIGNS.search(part) else None


def repacked(box: zipfile.ZipFile, changed: dict[str, bytes]) -> bytes:
    """The same container with other parts; pictures are left empty: nobody looks at them, and they are most of it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for entry in box.infolist():
            kept = b"" if MEDIA.search(entry.filename) else box.read(entry)
            new.writestr(entry.filename, changed.get(entry.filename) or kept)
    return out.getvalue()


def weight(box: zipfile.ZipFile) -> int:
    """Bytes of the pictures in it."""
    return sum(entry.file_size for entry in box.infolist() if MEDIA.search(entry.filename))


def _words(part: str) -> str:
    """Runs that are hidden, of no size, or white without a shade behind them."""
    keep_prefixes(part)
    root = ElementTree.fromstring(part)  # noqa: S314  zip_safety.py has refused every DTD
    for run in list(_runs(root, shaded=False)):
        texts = [text for text in run.iter() if text.tag in (f"{W}t", f"{W}delText")]
        take("hidden", sum(len(text.text or "") for text in texts))
        for text in texts:
            text.text = ""
    return ElementTree.tostring(root, encoding="unicode")


def _runs(element: ElementTree.Element, shaded: bool) -> Iterator[ElementTree.Element]:
    """Hidden runs below an element; a shade holds for all that is in its table cell or paragraph."""
    about = next((child for child in element if child.tag in (f"{W}tcPr", f"{W}pPr", f"{W}rPr")), None)
    shaded = shaded or (about is not None and any(child.tag in SHADED for child in about))
    if element.tag == f"{W}r" and about is not None and _unseen(about, shaded):
        yield element
        return
    for child in element:
        yield from _runs(child, shaded)


def _unseen(about: ElementTree.Element, shaded: bool) -> bool:
    facts = {child.tag.removeprefix(W): child.get(f"{W}val", "1") for child in about}
    if any(facts.get(name, "0") not in OFF for name in ("vanish", "webHidden")):
        return True
    tiny = facts.get("sz", "24") in ("1", "2", "3")
    return tiny or (facts.get("color", "").upper() == "FFFFFF" and not shaded)


def _cells(part: str) -> str:
    """Rows and columns that are hidden."""
    columns: set[int] = set()
    for found in HIDDEN_COLUMN.finditer(part):
        edge = {name: int(number) for name, number in EDGE.findall(found[0])}
        columns |= set(range(edge.get("min", 1), min(edge.get("max", 1), 16384) + 1))
    part, rows = HIDDEN_ROW.subn(lambda row: "", part)
    take("rows", rows)
    names = {column_name(number) for number in columns}
    used = {cell[1] for cell in CELL.finditer(part) if cell[1] in names}
    take("columns", len(used))
    return CELL.sub(lambda cell: "" if cell[1] in used else cell[0], part) if used else part


def _shapes(part: str, white: Callable[[], bool]) -> str:
    """Shapes that are hidden, and words that are tiny, or white on a white slide."""
    # One without an end would be looked for to the end of the slide, each time anew.
    if any(len(re.findall(f"<{tag}[ >]", part)) > part.count(f"</{tag}>") for tag in PAIRED):
        raise Unreadable("damaged", "A slide's shapes have no end. Save the presentation anew.")
    return RUN.sub(partial(_run, white=white), SHAPE.sub(_shape, part))


def _run(run: re.Match[str], white: Callable[[], bool]) -> str:
    if not TINY_RUN.search(run[1]) and not (WHITE_RUN.search(run[1]) and white()):
        return run[0]
    take("hidden", len(run[2]))
    return run[1]


def _shape(shape: re.Match[str]) -> str:
    if not HIDDEN_SHAPE.search(shape[0]):
        return shape[0]
    take("hidden", sum(len(text) for text in TEXT.findall(shape[0])))
    return ""
