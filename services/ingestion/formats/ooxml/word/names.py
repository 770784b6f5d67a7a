"""The main part of a DOCX under the name that Word gives it: the reader knows no other."""

import io
import posixpath
import zipfile
from xml.etree import ElementTree

from services.ingestion.formats.ooxml.relationships import main_part, path_of

USUAL = "word/document.xml"


def usually_named(data: bytes) -> bytes:
    """The file itself when it has the usual name already, or cannot be told."""
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        try:
            main = main_part(box, USUAL)
        except ElementTree.ParseError:
            return data
        if main == USUAL or posixpath.dirname(main) != "word":
            return data
        return _renamed(box, {main: USUAL, path_of(main): path_of(USUAL)})


def _renamed(box: zipfile.ZipFile, names: dict[str, str]) -> bytes:
    """What has one of the new names already is left out: the file does not open with it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for entry in box.infolist():
            if entry.filename in names or entry.filename not in names.values():
                new.writestr(names.get(entry.filename, entry.filename), box.read(entry))
    return out.getvalue()
