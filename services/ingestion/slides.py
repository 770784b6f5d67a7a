"""A PPTX's own relations in, where each slide stands and what its speaker says out: file numbers tell neither."""

import posixpath
import re
import zipfile
from io import BytesIO
from typing import NamedTuple
from xml.etree import ElementTree

MAIN = "ppt/presentation.xml"


class Slide(NamedTuple):
    """The file that holds it, its place from 1, its speaker's notes, whether the show leaves it out."""

    part: str
    place: int
    notes: str
    hidden: bool


def slides(data: bytes) -> list[Slide]:
    """In the order of their files' numbers, which is the order in which their texts are read."""
    with zipfile.ZipFile(BytesIO(data)) as box:
        targets = relations(box, MAIN)
        ids = [_id(slide) for slide in _xml(box, MAIN).iterfind("{*}sldIdLst/{*}sldId")]
        parts = [targets[id][1] for id in ids if id in targets]
        found = [Slide(part, place, _notes(box, part), _left_out(box, part)) for place, part in enumerate(parts, 1)]
    return sorted(found, key=lambda slide: _number(slide.part))


def _notes(box: zipfile.ZipFile, slide: str) -> str:
    """The paragraphs of the notes' body; its page number and picture of the slide are no notes."""
    page = next((part for kind, part in relations(box, slide).values() if kind.endswith("/notesSlide")), "")
    if page not in box.namelist():
        return ""
    shapes = [shape for shape in _xml(box, page).iter() if shape.tag.endswith("}sp")]
    bodies = [shape for shape in shapes if _placeholder(shape) == "body"]
    return "\n".join(_said(paragraph) for body in bodies for paragraph in body.iterfind("{*}txBody/{*}p")).strip()


def _left_out(box: zipfile.ZipFile, slide: str) -> bool:
    return slide in box.namelist() and _xml(box, slide).get("show") in ("0", "false")


def _said(paragraph: ElementTree.Element) -> str:
    return "".join(part.text or "" if part.tag.endswith("}t") else _space(part) for part in paragraph.iter())


def _space(part: ElementTree.Element) -> str:
    return "\n" if part.tag.endswith("}br") else ""


def _placeholder(shape: ElementTree.Element) -> str:
    found = shape.find("{*}nvSpPr/{*}nvPr/{*}ph")
    return found.get("type", "") if found is not None else ""


def relations(box: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Kind and part of each relation of a part, by its id."""
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    found = _xml(box, path) if path in box.namelist() else ()
    return {
        one.get("Id", ""): (one.get("Type", ""), _absolute(folder, one.get("Target", "")))
        for one in found
        if one.get("TargetMode") != "External"
    }


def _absolute(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target))[1:]


def _xml(box: zipfile.ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(box.read(part))  # noqa: S314  containers.py has refused every DTD


def _id(slide: ElementTree.Element) -> str:
    return next((value for name, value in slide.items() if name.endswith("}id")), "")


def _number(part: str) -> float:
    found = re.search(r"(\d+)\.xml$", part)
    return int(found[1]) if found else float("inf")
