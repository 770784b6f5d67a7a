"""The figures of charts on slides and in documents, as tables."""

import zipfile
from io import BytesIO
from xml.etree.ElementTree import Element

from services.ingestion.formats.ooxml.relationships import relations, said, tree_of

KIND = "/chart"
MOST = 2000  # points of a series


def in_part(box: zipfile.ZipFile, part: str) -> str:
    """A table for each chart of a document or slide: categories down, series across."""
    if part not in box.namelist():
        return ""
    charts = [target for kind, target in relations(box, part).values() if kind.endswith(KIND)]
    return "\n\n".join(filter(None, (_table(tree_of(box, name)) for name in charts if name in box.namelist())))


def in_document(data: bytes) -> str:
    """Those of a DOCX."""
    with zipfile.ZipFile(BytesIO(data)) as box:
        return in_part(box, "word/document.xml")


def _table(chart: Element) -> str:
    series = [one for one in chart.iter() if one.tag.endswith("}ser")]
    columns = [_points(one.find("{*}val"), one.find("{*}yVal")) for one in series]
    names = {at: name for one in series for at, name in _points(one.find("{*}cat"), one.find("{*}xVal")).items()}
    places = sorted({at for column in columns for at in column})
    if not places:
        return ""
    head = ["", *(" ".join(_points(one.find("{*}tx")).values()) for one in series)]
    rows = [[names.get(at, ""), *(column.get(at, "") for column in columns)] for at in places]
    lines = [head, ["---"] * len(head), *rows]
    table = "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)
    title = " ".join(said(one) for one in chart.iterfind("{*}chart/{*}title//{*}p"))
    return f"{title.strip()}\n\n{table}".strip()


def _points(*places: Element | None) -> dict[int, str]:
    """The values that the chart was last drawn with, by their index."""
    found = {}
    for place in places:
        for point in place.iterfind(".//{*}pt") if place is not None else ():
            if (index := point.get("idx", "")).isdecimal() and int(index) < MOST:
                found[int(index)] = point.findtext("{*}v") or ""
        if place is not None and (value := place.findtext("{*}v")):
            found[0] = value
    return found


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
