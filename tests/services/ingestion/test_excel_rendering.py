"""A workbook is read as Excel shows it: formats, merged cells, formulas, and the row that names the columns."""

import time
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from services.ingestion.formats.markup.table_headers import below_titles
from services.ingestion.formats.ooxml.excel.columns import column_name, column_number
from services.ingestion.formats.ooxml.excel.merges import fill_merges
from services.ingestion.formats.ooxml.xlsx import xlsx


def shown(
    rows: Sequence[Sequence[Any]], formats: dict[str, str] | None = None, merged: Sequence[str] = ()
) -> list[list[str]]:
    """The cells of the first sheet as they are read."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    for place, form in (formats or {}).items():
        sheet[place].number_format = form
    for area in merged:
        sheet.merge_cells(area)
    book.save(out := BytesIO())
    lines = [line for line in xlsx(out.getvalue())[0].text.splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.3125, "hh:mm", "07:30"),
        (1.5625, "[h]:mm", "37:30"),
        (0.085, "0.0%", "8.5%"),
        (42, "00000", "00042"),
        (1234.5, '#,##0.00 "EUR"', "1,234.50 EUR"),
        (36.6, '0.0"°C"', "36.6°C"),
        (-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"),
        (1234567, "#,##0", "1,234,567"),
        (1234.5, "General", "1234.5"),
        (date(2025, 6, 30), "d-mmm-yy", "2025-06-30"),
        (datetime(2025, 6, 30, 13, 5), 'yyyy"年"m"月"d"日" h:mm', "2025-06-30 13:05:00"),
        ("00042", "@", "00042"),
    ],
)
def test_a_cell_is_read_in_its_number_format(value: Any, form: str, text: str) -> None:
    assert shown([["Field", "Value"], ["Here", value]], {"B2": form})[1] == ["Here", text]


def test_a_merged_cell_is_said_in_each_of_its_rows() -> None:
    found = shown([["Line", "Mill"], ["Line 1", "001"], [None, "002"], ["Line 2", "003"]], merged=["A2:A3"])
    assert found[1:] == [["Line 1", "001"], ["Line 1", "002"], ["Line 2", "003"]]


def test_a_heading_over_some_columns_is_said_above_each_and_a_title_over_all_once() -> None:
    rows = [["Stock of March", None, None], ["Site", "2024", None], ["Ulm", 1, 2], ["Bonn", 3, 4]]
    found = shown(rows, merged=["A1:C1", "B2:C2"])
    assert found == [["Site", "2024", "2024"], ["Ulm", "1", "2"], ["Bonn", "3", "4"]]


def test_thousands_of_merged_columns_take_no_longer_than_the_rows_that_there_are() -> None:
    merges = "".join(f'<mergeCell ref="A1:A{1_040_000 + n}"/>' for n in range(2_000))
    rows = '<row r="1"><c r="A1"><v>7</v></c></row><row r="9"><c r="B9"><v>8</v></c></row>'
    began = time.process_time()
    filled = fill_merges(f"<sheetData>{rows}</sheetData>{merges}")
    assert time.process_time() - began < 5  # each row of each column took more than a minute
    assert '<row r="9"><c r="A9"><v>7</v></c><c r="B9"><v>8</v></c></row>' in filled


def test_a_formula_that_was_never_computed_says_so() -> None:
    assert shown([["Sum", "of"], ["Total", "=A1+B1"]])[1] == ["Total", "(=A1+B1, not computed)"]


def test_the_row_that_names_the_columns_is_found_below_titles() -> None:
    table = (
        "| 设备维护台账 |  |  |\n| --- | --- | --- |\n| 填报人 |  |  |\n| 编号 | 名称 | 班组 |\n| EQ-1 | 泵 | 第2班组 |"
    )
    assert below_titles(f"## 台账\n\n{table}\n\nend").splitlines() == [
        "## 台账", "", "设备维护台账", "填报人", "", "| 编号 | 名称 | 班组 |", "| --- | --- | --- |",
        "| EQ-1 | 泵 | 第2班组 |", "", "end",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "table",
    [
        "| a | b | c |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| 4 | 5 | 6 |",
        "| a | b |  |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| 4 | 5 | 6 |",
        "| a |\n| --- |\n| 1 |\n| 2 |",
        "no table | at all",
        "",
    ],
)
def test_a_table_that_begins_with_its_columns_stays_as_it_is(table: str) -> None:
    assert below_titles(table) == table


def test_columns_are_counted_as_excel_counts_them() -> None:
    assert [column_name(number) for number in (1, 26, 27, 702, 703, 16384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_number(column_name(number)) == number for number in range(1, 2000))
