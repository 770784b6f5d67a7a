"""Parts of an Office file by its relationships, and the words in them."""

import posixpath
import zipfile
from xml.etree import ElementTree


def relations(box: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Kind and part of each relation of a part, by its id."""
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    found = tree_of(box, path) if path in box.namelist() else ()
    return {
        one.get("Id", ""): (one.get("Type", ""), _absolute(folder, one.get("Target", "")))
        for one in found
        if one.get("TargetMode") != "External"
    }


def tree_of(box: zipfile.ZipFile, part: str) -> ElementTree.Element:
    """A part's XML."""
    return ElementTree.fromstring(box.read(part))  # noqa: S314  containers.py has refused every DTD


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
