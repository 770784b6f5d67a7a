"""Comments on slides, of old and new PowerPoint, with their authors."""

import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from services.ingestion.formats.ooxml.relationships import relations, said, tree_of
from services.ingestion.formats.ooxml.remarks import remark

AUTHORS = ("ppt/commentAuthors.xml", "ppt/authors.xml")
WRITTEN = ("}cm", "}reply")


def authors(box: zipfile.ZipFile) -> dict[str, str]:
    """Names by their ids."""
    people = [one for part in AUTHORS if part in box.namelist() for one in tree_of(box, part)]
    return {one.get("id", ""): one.get("name", "") for one in people}


def comments(box: zipfile.ZipFile, slide: str, names: dict[str, str]) -> str:
    """Those of a slide, a paragraph each; a reply follows what it replies to."""
    parts = [part for kind, part in relations(box, slide).values() if kind.endswith("/comments")]
    found = [one for part in parts if part in box.namelist() for one in tree_of(box, part).iter()]
    written = [one for one in found if one.tag.endswith(WRITTEN)]
    return "\n\n".join(filter(None, (remark(names.get(one.get("authorId", ""), ""), _text(one)) for one in written)))


def _text(comment: Element) -> str:
    """Old ones have plain text, new ones paragraphs."""
    return " ".join([comment.findtext("{*}text") or "", *map(said, _paragraphs(comment))])


def _paragraphs(comment: Element) -> Iterator[Element]:
    return comment.iterfind("{*}txBody/{*}p")
