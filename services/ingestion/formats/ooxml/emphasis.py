"""Removes bold, italics and underlines, which would become marks or spaces in the middle of words."""

import io
import re
import zipfile
from collections.abc import Callable

from services.ingestion.formats.ooxml.hidden_content import SLIDE, repacked, weight

RUNS = re.compile(rb"<w:(?:[bi](?:Cs)?(?: w:val=\"[^\"]*\")?|u(?: w:\w+=\"[^\"]*\")*)\s*/>")
# Where one run ends and the next begins.
SLIDE_RUNS = re.compile(rb"</a:t>\s*</a:r>\s*<a:r>\s*(?:<a:rPr\b[^>]*/>|<a:rPr\b[^>]*[^/]>.*?</a:rPr>)?\s*<a:t>", re.S)
SLIDE_STRESS = re.compile(rb'(<a:(?:rPr|defRPr)\b[^>]*?) [bi]="(?:1|true)"')
TAGS = re.compile(r"</?(?:b|strong|i|em)(?=[\s>/])[^>]*>", re.I)
LIGHT = 16 << 20  # bytes of pictures: the reader takes a file's memory several times
WORDS = re.compile(r"word/(?:document|footnotes|endnotes|comments)\.xml")


def of_word(data: bytes) -> bytes:
    """A DOCX."""
    return _even(data, WORDS, lambda part: RUNS.sub(b"", part))


def of_slides(data: bytes) -> bytes:
    """A PPTX; a run may be both."""
    return _even(data, SLIDE, lambda part: _twice(SLIDE_STRESS, rb"\1", SLIDE_RUNS.sub(b"", part)))


def of_page(text: str) -> str:
    """A web page."""
    return TAGS.sub("", text)


def _twice(sign: re.Pattern[bytes], instead: bytes, part: bytes) -> bytes:
    return sign.sub(instead, sign.sub(instead, part))


def _even(data: bytes, names: re.Pattern[str], change: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        parts = {name: box.read(name) for name in box.namelist() if names.fullmatch(name)}
        changed = {name: new for name, part in parts.items() if (new := change(part)) != part}
        return repacked(box, changed) if changed or weight(box) > LIGHT else data
