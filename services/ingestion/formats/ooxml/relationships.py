"""Parts of an Office file by its relationships, and the words in them."""

import posixpath
import re
import zipfile
from xml.etree import ElementTree

PREFIX = re.compile(r'xmlns:(\w+)="([^"]+)"')
PREFIXES = 500  # of one part: Office declares about 40, and each costs as much as there are


def relations(box: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Kind and part of each relation of a part, by its id."""
    folder, path = posixpath.dirname(part), path_of(part)
    found = tree_of(box, path) if path in box.namelist() else ()
    return {
        one.get("Id", ""): (one.get("Type", ""), _absolute(folder, one.get("Target", "")))
        for one in found
        if one.get("TargetMode") != "External"
    }


def tree_of(box: zipfile.ZipFile, part: str) -> ElementTree.Element:
    """A part's XML."""
    return ElementTree.fromstring(box.read(part))  # noqa: S314  zip_safety.py has refused every DTD


def path_of(part: str) -> str:
    """Where the relations of a part are kept."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def keep_prefixes(part: str) -> None:
    """XML is written with the prefixes of this part from now on: the reader knows elements by those that Office has."""
    for prefix, space in list(dict.fromkeys(PREFIX.findall(part)))[:PREFIXES]:
        if not re.fullmatch(r"ns\d+", prefix):
            ElementTree.register_namespace(prefix, space)


def main_part(box: zipfile.ZipFile, usual: str) -> str:
    """The part that the file opens with; `usual` when it does not say, or names one that is not there."""
    if "_rels/.rels" not in box.namelist():
        return usual
    named = next((part for kind, part in relations(box, "").values() if kind.endswith("/officeDocument")), usual)
    return named if named in box.namelist() else usual


def id_of(element: ElementTree.Element) -> str:
    """The relation that an element names."""
    return next((value for name, value in element.items() if name.endswith("}id")), "")


def said(paragraph: ElementTree.Element) -> str:
    """What a paragraph of a drawing says."""
    return "".join(part.text or "" if part.tag.endswith("}t") else _space(part) for part in paragraph.iter())


def _space(part: ElementTree.Element) -> str:
    return "\n" if part.tag.endswith("}br") else ""


def _absolute(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target))[1:]
