"""Cells of a sheet as text: numbers in their formats, formulas that were never computed said so."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from services.ingestion.formats.ooxml.excel.number_formats import shown

CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.S)
ATTRIBUTE = re.compile(r'\b([rst])="([^"]*)"')
VALUE = re.compile(r"<v>([^<]*)</v>")
FORMULA = re.compile(r"<f\b[^>]*>([^<]*)</f>|<f\b[^>]*/>")
NUMBERS = ("n", "")


def write_cells(sheet: str, formats: Sequence[str], from_1904: bool) -> str:
    """The sheet's XML with text in place of formatted numbers."""

    def written(cell: re.Match[str]) -> str:
        about, body = dict(ATTRIBUTE.findall(cell[1])), cell[2] or ""
        if about.get("t", "") not in NUMBERS or not body:
            return cell[0]
        value, formula = VALUE.search(body), FORMULA.search(body)
        if value is None or not value[1]:
            return _text(about["r"], _uncomputed(formula[1])) if formula and "r" in about else cell[0]
        style = int(about["s"]) if about.get("s", "").isdecimal() else 0
        form = formats[style] if style < len(formats) else ""
        return _text(about["r"], escape(shown(value[1], form, from_1904))) if form and "r" in about else cell[0]

    return CELL.sub(written, sheet)


def _uncomputed(formula: str | None) -> str:
    return f"(={formula}, not computed)" if formula else "(not computed)"


def _text(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
