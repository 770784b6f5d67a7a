"""What readers lose between a file and its text: cells over rows, where links lead, tabs, odd names of parts."""

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pptx import Presentation

from services.ingestion.formats.markup.html_csv import html
from services.ingestion.formats.markup.html_spans import spread
from services.ingestion.formats.markup.text import unmarked
from services.ingestion.formats.odf.odt import table
from services.ingestion.formats.ooxml.docx import docx
from services.ingestion.formats.ooxml.pptx import pptx
from services.ingestion.formats.rtf import rtf
from tests.services.ingestion.running import word as word_file
from tests.services.ingestion.test_word_rendering import word


def rows(markup: str) -> list[list[str]]:
    [page] = html(f"<html><body><table>{markup}</table></body></html>")
    lines = [line for line in page.text.splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_cell_over_rows_is_said_in_each() -> None:
    found = rows(
        "<tr><th>Line<th>Machine<th>Serial</tr><tr><td rowspan=3>Line 2<td>Mill 1<td rowspan='2'>S</tr>"
        "<tr><td>Mill 2</tr><tr><td>Mill 3<td>T</tr><tr><td>Line 3<td>Mill 4<td>U</tr>"
    )
    assert found == [
        ["Line", "Machine", "Serial"],
        ["Line 2", "Mill 1", "S"],
        ["Line 2", "Mill 2", "S"],
        ["Line 2", "Mill 3", "T"],
        ["Line 3", "Mill 4", "U"],
    ]


def test_tables_within_cells_and_long_cells_are_not_repeated() -> None:
    inner = "<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
    text = f"<table><tr><td rowspan=2>{inner}</td><td>x</td></tr><tr><td>y</td></tr></table>"
    assert spread(text).count("<td>a</td>") == 2, "of the table within"
    long = f"<table><tr><td rowspan=1000>{'z' * 400}</td><td>x</td></tr>{'<tr><td>y</td></tr>' * 999}</table>"
    assert spread(long).count("z") == 400


@pytest.mark.parametrize(
    "hostile",
    ["<tr><td rowspan=1000>x" * 20_000, "<tr>" + "<td rowspan=1000 colspan=1000>x" * 2000 + "<tr><td>y" * 2000],
)
def test_cells_that_ask_for_millions_are_repeated_so_often_and_no_more(hostile: str) -> None:
    assert len(spread(f"<table>{hostile}")) < len(hostile) + 20_001 * len("<td>x</td>")


def test_a_page_without_such_cells_is_left_as_it_is() -> None:
    text = "<p>Two &amp; three<br/><table><tr><td>a<td>b</table>"
    assert spread(text) is text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("See [the form](https://hx.example/form).", "See the form (https://hx.example/form)."),
        ("Write to [Ida](mailto:ida@hx.example).", "Write to Ida (ida@hx.example)."),
        ("[https://hx.example](https://hx.example/) and [top](#top)", "https://hx.example and top"),
        ("[run](javascript:x.pdf) [part](#part) [about](/about)", "run part about"),
        (
            "[here](../forms/trip.docx#2) or [出差制度](制度/差旅.PDF)",
            "here (../forms/trip.docx#2) or 出差制度 (制度/差旅.PDF)",
        ),
        ("[trip.docx](trip.docx)", "trip.docx"),
    ],
)
def test_a_link_keeps_the_address_or_the_file_that_it_leads_to(markdown: str, text: str) -> None:
    assert unmarked(markdown) == text


def test_links_that_are_most_of_a_page_are_its_navigation() -> None:
    menu = " ".join(f"[Item {n}](https://hx.example/a/long/way/{n})" for n in range(50))
    assert "https" not in unmarked(menu)
    near = " ".join(f"[Item {n}](a/long/way/{n}.html)" for n in range(50))
    told = unmarked(f"{near} [Rules](https://hx.example/rules)")
    assert "html" not in told
    assert "Rules (https://hx.example/rules)" in told


def test_tabs_part_words_and_underlined_ones_have_no_marks() -> None:
    found = word(
        '<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="720"/></w:tabs></w:pPr><w:r><w:t>Introduction</w:t></w:r>'
        '<w:r><w:tab/><w:t>2</w:t></w:r></w:p><w:p><w:r><w:rPr><w:u w:val="single" w:color="auto"/></w:rPr>'
        "<w:t>Price</w:t></w:r></w:p>"
    )
    assert found == "Introduction 2\n\nPrice"


def renamed(data: bytes) -> bytes:
    """The same DOCX with another name of its main part."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as box, zipfile.ZipFile(out, "w") as new:
        for name in box.namelist():
            part = box.read(name)
            if name in ("_rels/.rels", "[Content_Types].xml"):
                part = part.replace(b"word/document.xml", b"word/document2.xml")
            new.writestr(name.replace("document.xml", "document2.xml"), part)
    return out.getvalue()


def test_a_word_file_is_read_whatever_its_main_part_is_called() -> None:
    assert "采购金额超过五万元" in docx(renamed(word_file()))[0].text


def test_hidden_words_stay_hidden_in_a_main_part_of_another_name() -> None:
    document = Document()
    document.add_paragraph("open")
    document.add_paragraph().add_run("secret").font.hidden = True
    out = BytesIO()
    document.save(out)
    [page] = docx(renamed(out.getvalue()))
    assert page.text == "open"


def test_cells_of_a_table_within_a_cell_are_kept_apart() -> None:
    inner = rb"Deep A\nestcell Deep B\nestcell{\*\nesttableprops\nestrow}{\nonesttables\par }After"
    [page] = rtf(rb"{\rtf1\ansi \trowd\cellx5000\intbl\itap2 " + inner + rb"\itap1\cell\row\pard Outside}")
    assert re.search(r"Deep A\s+Deep B\s+After", page.text)


def test_a_cell_over_rows_of_a_slide_is_said_in_each() -> None:
    deck = Presentation()
    shape = deck.slides.add_slide(deck.slide_layouts[6]).shapes.add_table(3, 2, 0, 0, 9_000_000, 3_000_000)
    for cell, text in zip(shape.table.iter_cells(), ("Line", "Mill", "Line 2", "060", "", "061"), strict=True):
        cell.text = text
    shape.table.cell(1, 0).merge(shape.table.cell(2, 0))
    out = BytesIO()
    deck.save(out)
    [page] = pptx(out.getvalue())
    assert page.text.count("| Line 2 |") == 2


def test_a_cell_over_rows_of_an_opendocument_text_is_said_in_each() -> None:
    name = "urn:oasis:names:tc:opendocument:xmlns:"
    over = '<t:table-cell t:number-rows-spanned="2"><x:p>Line 2</x:p></t:table-cell>'
    mill = "<t:table-cell><x:p>Mill {}</x:p></t:table-cell>"
    second = f"<t:table-row><t:covered-table-cell/>{mill.format(61)}</t:table-row>"
    third = f"<t:table-row><t:table-cell/>{mill.format(62)}</t:table-row>"
    markup = f'<t:table xmlns:t="{name}table:1.0" xmlns:x="{name}text:1.0">'
    found = table(
        ElementTree.fromstring(f"{markup}<t:table-row>{over}{mill.format(60)}</t:table-row>{second}{third}</t:table>")  # noqa: S314
    )
    rows = [line for line in found.splitlines() if "---" not in line]
    assert rows == ["| Line 2 | Mill 60 |", "| Line 2 | Mill 61 |", "|  | Mill 62 |"]


def test_headers_and_footers_of_a_word_file_are_said_once_without_numbers_of_pages() -> None:
    document = Document()
    document.add_paragraph("The term is two years.")
    document.sections[0].header.paragraphs[0].text = "Contract HX-4410"
    again = document.add_section()
    again.header.is_linked_to_previous = again.footer.is_linked_to_previous = False
    again.header.paragraphs[0].text = "Contract HX-4410"
    footer = again.footer.paragraphs[0]
    footer.text = "Issued 2025-03-01, page "
    for kind in ("begin", "separate", "end"):
        run = footer.add_run("7" if kind == "end" else "")
        run._r.insert(0, OxmlElement("w:fldChar", attrs={qn("w:fldCharType"): kind}))
        if kind == "separate":
            footer.add_run("9")
    again.footer.add_paragraph("Page 3 of 9")
    out = BytesIO()
    document.save(out)
    text = "\n\n".join(page.text for page in docx(out.getvalue()))
    assert text == "The term is two years.\n\nContract HX-4410\n\nIssued 2025-03-01, page 7"
