"""Decodes bytes to text. Chinese charsets come first: general detectors fail on short GBK texts."""

import codecs
import encodings
import pkgutil
import re
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module

from charset_normalizer import from_bytes

from services.ingestion.chunking.model import Unreadable
from services.ingestion.formats.media_types import READABLE

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHERS = ("big5", "shift_jis", "cp1252", "cp1250", "cp1251", "iso8859-1")
SAMPLE = 1 << 16
# Of 6,763 GB2312 characters these rows hold the 3,755 in daily use, and the marks and letters around them.
DAILY = re.compile(b"[\xb0-\xd7][\xa1-\xfe]|[\xa1-\xa3\xa6-\xa9][\xa1-\xfe]")
DAILY_MARKS = re.compile("[，。、的是]")
KANA = re.compile("[\u3040-\u30ff]")
BIG5 = re.compile(b"[\xa1-\xc6][\x40-\x7e\xa1-\xfe]")
# What Western Europe does not write, or letters of another script in a row.
STRANGE = re.compile(
    b"[^\t-\x7f\x80\x85\x91-\x97\xa0\xa3\xa7\xa9\xab\xae\xb0\xb4\xb5\xb7\xba\xbb\xbf-\xc2\xc4-\xcb\xcd-\xcf\xd1\xd3-\xd6"
    b"\xd8-\xdc\xdf-\xe2\xe4-\xef\xf1-\xf6\xf8-\xfc]|[\xc0-\xff]{3}"
)
# What a web page says of itself; many say UTF-8 and are not.
DECLARED = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z][\w.:-]{1,40})", re.I
)
UNPRINTED = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffe\uffff]")


def decode(data: bytes) -> str:
    """The text; `Unreadable` when no charset makes text of it."""
    for mark, name in MARKS:
        if data.startswith(mark):
            return _plain(_decoded(data, name))
    for name in _likely(data):
        if (text := _decoded(data, name)) is not None and _readable(text):
            return text
    name = _guess(data[:SAMPLE]) or _utf16(data[:SAMPLE], sure=False)
    return _plain(_decoded(data, name) if name else None)


def lenient(data: bytes, named: Iterable[str]) -> str:
    """The text, whatever it is in; the charsets that are `named` for it come after UTF-8, and may be wrong."""
    for name in ("utf-8", *named):
        if (text := _decoded(data, name)) is not None:
            return text
    try:
        return decode(data)
    except Unreadable:
        return data.decode("cp1252", "replace")


def warm() -> None:
    """Load every codec, a mail may name any: where a parser runs, nothing can be opened later."""
    for module in pkgutil.iter_modules(encodings.__path__):
        # Those of Windows alone cannot be loaded elsewhere.
        with suppress(ImportError):
            import_module(f"encodings.{module.name}")
    _guess("naïve café, déjà vu".encode("cp1252"))


def _guess(sample: bytes) -> str:
    found = from_bytes(sample, cp_isolation=list(OTHERS)).best()
    return found.encoding if found else ""


def _likely(data: bytes) -> Iterable[str]:
    """Charsets in the order in which they should be tried; each proves itself by decoding."""
    if b"\0" not in data[:SAMPLE]:
        yield "utf-8"
    if wide := _utf16(data[:SAMPLE]):
        yield wide
    if (told := DECLARED.search(data[:4096])) and _of_text(told[1].decode()):
        yield told[1].decode()
    if _gb(data[:SAMPLE]):
        yield "gb18030"
    if _big5(data[:SAMPLE]):
        yield "big5"
    if not STRANGE.search(data[:SAMPLE]):
        yield "cp1252"


def _utf16(sample: bytes, sure: bool = True) -> str:
    """UTF-16 without its mark: every other byte comes from few rows (Latin: 00, Chinese: 4E-9F with 30 and FF)."""
    if len(sample) < 4 or len(sample) % 2:
        return ""
    for name, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        text = _decoded(sample, name)
        common = sum(high.count(row) for row in (0, 0x30, 0xFF)) + sum(0x4E <= byte <= 0x9F for byte in high)
        if text and common > 0.85 * len(high) and (not sure or 0 in high or _daily(text)):
            return name
    return ""


def _daily(text: str) -> bool:
    return bool(DAILY_MARKS.search(text)) or len(DAILY.findall(text.encode("gb18030", "replace"))) >= 0.9 * len(text)


def _gb(sample: bytes) -> bool:
    """Whether the two-byte characters are those of daily Chinese."""
    text = _decoded(sample, "gb18030", final=False)
    pairs = sum(ord(letter) > 0x7F for letter in text or "")
    return bool(pairs) and len(DAILY.findall(sample)) >= 0.7 * pairs and len(KANA.findall(text or "")) < 0.3 * pairs


def _big5(sample: bytes) -> bool:
    text = _decoded(sample, "big5", final=False)
    pairs = sum(ord(letter) > 0x7F for letter in text or "")
    return bool(pairs) and len(BIG5.findall(sample)) >= 0.9 * pairs


def _of_text(name: str) -> bool:
    """Whether Python knows a charset by this name: it has other codecs too."""
    with suppress(LookupError):
        return bool(codecs.lookup(name)._is_text_encoding)
    return False


def _decoded(data: bytes, name: str, final: bool = True) -> str | None:
    try:
        return codecs.getincrementaldecoder(name)().decode(data, final)
    except (UnicodeDecodeError, LookupError):
        return None


def _readable(text: str) -> bool:
    return len(UNPRINTED.findall(text[:SAMPLE])) <= 0.005 * min(len(text), SAMPLE)


def _plain(text: str | None) -> str:
    if text is None or not _readable(text):
        raise Unreadable(
            "unsupported_type", f"It is neither a known document nor text. Save it as {READABLE}, with text in UTF-8."
        )
    return text
