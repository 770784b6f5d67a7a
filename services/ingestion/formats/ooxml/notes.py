"""The order of slides and their speaker's notes, by the relationships of a PPTX."""

import re
import zipfile
from io import BytesIO
from typing import NamedTuple
from xml.etree import ElementTree

from services.ingestion.formats.ooxml import charts, smartart
from services.ingestion.formats.ooxml.powerpoint.comments import authors, comments
from services.ingestion.formats.ooxml.relationships import id_of, relations, said, tree_of

MAIN = "ppt/presentation.xml"


class Slide(NamedTuple):
    """The file that holds it, its place from 1, words of diagrams and charts, notes and comments, if it is skipped."""

    part: str
    place: int
    diagrams: str
    notes: str
    hidden: bool


def slides(data: bytes) -> list[Slide]:
    """In the order of their files' numbers, which is the order in which their texts are read."""
    with zipfile.ZipFile(BytesIO(data)) as box:
        targets = relations(box, MAIN)
        ids = [id_of(slide) for slide in tree_of(box, MAIN).iterfind("{*}sldIdLst/{*}sldId")]
        parts, people = [targets[id][1] for id in ids if id in targets], authors(box)
        found = [
            Slide(part, place, _drawn(box, part), _written(box, part, people), _left_out(box, part))
            for place, part in enumerate(parts, 1)
        ]
    return sorted(found, key=lambda slide: _number(slide.part))


def _written(box: zipfile.ZipFile, slide: str, people: dict[str, str]) -> str:
    return "\n\n".join(filter(None, (_notes(box, slide), comments(box, slide, people))))


def _drawn(box: zipfile.ZipFile, slide: str) -> str:
    return "\n\n".join(filter(None, (smartart.in_part(box, slide), charts.in_part(box, slide))))


def _notes(box: zipfile.ZipFile, slide: str) -> str:
    """The paragraphs of the notes' body; its page number and picture of the slide are no notes."""
    page = next((part for kind, part in relations(box, slide).values() if kind.endswith("/notesSlide")), "")
    if page not in box.namelist():
        return ""
    shapes = [shape for shape in tree_of(box, page).iter() if shape.tag.endswith("}sp")]
    bodies = [shape for shape in shapes if _placeholder(shape) == "body"]
    return "\n".join(said(paragraph) for body in bodies for paragraph in body.iterfind("{*}txBody/{*}p")).strip()


def _left_out(box: zipfile.ZipFile, slide: str) -> bool:
    return slide in box.namelist() and tree_of(box, slide).get("show") in ("0", "false")


def _placeholder(shape: ElementTree.Element) -> str:
    found = shape.find("{*}nvSpPr/{*}nvPr/{*}ph")
    return found.get("type", "") if found is not None else ""


def _number(part: str) -> float:
    found = re.search(r"(\d+)\.xml$", part)
    return int(found[1]) if found else float("inf")
