"""Built files with compression and ETag."""

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DIST = Path(__file__).resolve().parents[3] / "web" / "dist"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("font/woff2", ".woff2")


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """A file as it is sent; `tag` is of its uncompressed content and its encoding."""

    data: bytes
    media_type: str
    encoding: str | None
    tag: str


def find(name: str, accepted: str) -> BuiltPage | None:
    """The file of a name below `web/dist`, in the best encoding of an Accept-Encoding header."""
    place = (DIST / name).resolve()
    if not place.is_relative_to(DIST) or not place.is_file() or place.suffix in (".br", ".gz"):
        return None
    taken = {part.split(";")[0].strip() for part in accepted.lower().split(",") if "q=0" not in part.replace(" ", "")}
    for encoding, suffix in ENCODINGS:
        packed = place.with_name(place.name + suffix)
        if encoding in taken and packed.is_file():
            return _read(place, packed, encoding, packed.stat().st_mtime_ns)
    return _read(place, place, None, place.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _read(place: Path, packed: Path, encoding: str | None, changed: int) -> BuiltPage:
    data = packed.read_bytes()
    kind = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
    media_type = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    return BuiltPage(data, media_type, encoding, f'"{hashlib.sha256(data).hexdigest()[:24]}"')
