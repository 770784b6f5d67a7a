"""Tables with known cells: of the ICDAR 2013 competition, of camelot's tests, and checked by eye."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path
from typing import NamedTuple
from xml.etree import ElementTree

from bench.grids import Cell, cells

DATA = Path(__file__).parents[2] / "shared" / "data"
CHECKED = Path(__file__).parent / "tables_checked.json"
CAMELOT, PDFPLUMBER = (Path(os.environ.get(name, "/nowhere")) for name in ("CAMELOT", "PDFPLUMBER"))
# Frames that camelot's tests expect, of the first page of these files.
FRAMES = {
    "data_stream": "health.pdf",
    "data_stream_two_tables_1": "tabula/12s0324.pdf",
    "data_stream_two_tables_2": "tabula/12s0324.pdf",
    "data_stream_table_rotated": "clockwise_table_2.pdf",
    "data_lattice_table_rotated": "anticlockwise_table_1.pdf",
    "data_stream_table_areas": "tabula/us-007.pdf",
    "data_stream_columns": "mexican_towns.pdf",
    "data_stream_split_text": "tabula/m27.pdf",
    "data_stream_flag_size": "superscript.pdf",
    "data_stream_layout_kwargs": "detect_vertical_false.pdf",
    "data_stream_edge_tol": "edge_tol.pdf",
    "data_stream_inner_outer_columns": "stream_inner_outer_columns.pdf",
    "data_network_vertical_headers": "vertical_header.pdf",
    "data_network_two_tables_b_1": "multiple_tables.pdf",
    "data_network_two_tables_b_2": "multiple_tables.pdf",
    "data_lattice_two_tables_1": "twotables_2.pdf",
    "data_lattice_two_tables_2": "twotables_2.pdf",
    "data_lattice_table_regions": "table_region.pdf",
    "data_lattice_process_background": "background_lines_1.pdf",
    "data_lattice_copy_text": "row_span_1.pdf",
    "data_lattice_shift_text_left_top": "column_span_2.pdf",
    "data_arabic": "tabula/arabic.pdf",
    "data_lattice_split_text": "split_text_lattice.pdf",
}


class Truth(NamedTuple):
    """A table as its page shows it."""

    file: Path
    page: int
    cells: list[Cell]


def icdar() -> Iterator[Truth]:
    """The tables of the ICDAR 2013 competition; cells may span rows and columns."""
    folder = CAMELOT / "tests/files/tabula/icdar2013-dataset"
    for file in sorted(folder.rglob("*-str.xml")):
        pdf = file.with_name(file.name.replace("-str.xml", ".pdf"))
        regions = ElementTree.parse(file).iter("region") if pdf.exists() else ()  # noqa: S314, a data set that one chose
        for region in regions:
            if held := [cell for one in region.findall("cell") if (cell := _cell(one)).text]:
                yield Truth(pdf, int(region.get("page", "1")), held)


def _cell(one: ElementTree.Element) -> Cell:
    top, left = int(one.get("start-row", "0")), int(one.get("start-col", "0"))
    text = (one.findtext("content") or "").strip()
    return Cell(text, top, left, int(one.get("end-row") or top), int(one.get("end-col") or left))


def frames() -> Iterator[Truth]:
    """What camelot's tests expect of it: some are what it does rather than what the page shows."""
    file = CAMELOT / "tests/data.py"
    if file.exists():
        named = run_path(str(file))
        for name, pdf in FRAMES.items():
            yield Truth(CAMELOT / "tests/files" / pdf, 1, cells(named[name]))


def checked() -> Iterator[Truth]:
    """Tables of annual reports and of pdfplumber's test files that were checked by eye."""
    for one in json.loads(CHECKED.read_text())["tables"]:
        folder, _, name = one["file"].partition("/")
        file = PDFPLUMBER / name if folder == "pdfplumber" else DATA / one["file"]
        if file.exists():
            yield Truth(file, one["page"], cells(one["rows"]))
