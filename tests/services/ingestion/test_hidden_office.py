"""What a reader cannot see of slides, OpenDocument, RTF and old workbooks does not reach a model, and is counted."""

import struct

import pptx
import pytest
from docx.shared import Pt
from pptx.dml.color import RGBColor as SlideColor

from services.ingestion.formats.ole.xls_sheets import hidden_sheets
from tests.attacks.files import containers
from tests.services.ingestion.compound import compound
from tests.services.ingestion.test_hidden_text import SECRET, SEEN, read, saved


def deck(how: str, ground: bool = False) -> bytes:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    if ground:
        slide.shapes.add_shape(1, 0, 0, made.slide_width, made.slide_height)
    words = slide.shapes.add_textbox(0, 0, made.slide_width, 99_999).text_frame.paragraphs[0]
    words.add_run().text = SEEN
    run = words.add_run()
    run.text = SECRET
    if how == "white":
        run.font.color.rgb = SlideColor(255, 255, 255)
    else:
        run.font.size = Pt(1)
    return saved(made)


@pytest.mark.parametrize("how", ["white", "tiny"])
async def test_words_of_a_slide_that_nobody_sees_are_taken_out(how: str) -> None:
    found = await read(deck(how), "a.pptx")
    assert found.chunks[0].text.strip() == f"## {SEEN}"
    assert found.removed == {"hidden": len(SECRET)}


async def test_white_words_of_a_slide_stay_where_something_may_lie_under_them() -> None:
    found = await read(deck("white", ground=True), "a.pptx")
    assert SECRET in found.chunks[0].text
    assert not found.removed


OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
BODY = """<?xml version="1.0"?><office:document-content xmlns:office="{o}office:1.0" xmlns:text="{o}text:1.0"
 xmlns:table="{o}table:1.0" xmlns:style="{o}style:1.0" xmlns:fo="{o}xsl-fo-compatible:1.0"
 xmlns:draw="{o}drawing:1.0" xmlns:presentation="{o}presentation:1.0"><office:automatic-styles>
<style:style style:name="gone" style:family="text"><style:text-properties text:display="none"/></style:style>
<style:style style:name="white" style:family="text"><style:text-properties fo:color="#ffffff"/></style:style>
<style:style style:name="tiny" style:family="text"><style:text-properties fo:font-size="1pt"/></style:style>
<style:style style:name="child" style:family="text" style:parent-style-name="gone"/>
<style:style style:name="dark" style:family="paragraph">
<style:paragraph-properties fo:background-color="#000080"/></style:style>
<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style>
<style:style style:name="left-out" style:family="drawing-page">
<style:drawing-page-properties presentation:visibility="hidden"/></style:style>
</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"""


def opened(kind: str, body: str) -> bytes:
    listed = f'<manifest:manifest xmlns:manifest="{OASIS}manifest:1.0"/>'.encode()
    content = BODY.format(o=OASIS, kind=kind, body=body).encode()
    return containers.opened(kind, content, **{"META-INF/manifest.xml": listed})


@pytest.mark.parametrize(
    "markup",
    [
        "<text:p>{seen}<text:span text:style-name='gone'>{secret}</text:span></text:p>",
        "<text:p>{seen}<text:span text:style-name='child'>{secret}</text:span></text:p>",
        "<text:p>{seen}<text:span text:style-name='white'>{secret}</text:span></text:p>",
        "<text:p>{seen}<text:span text:style-name='tiny'>{secret}</text:span></text:p>",
        "<text:p>{seen}</text:p><text:section text:display='none'><text:p>{secret}</text:p></text:section>",
        "<text:p>{seen}<text:hidden-text>{secret}</text:hidden-text></text:p>",
    ],
)
async def test_words_of_an_open_document_that_nobody_sees_are_taken_out(markup: str) -> None:
    found = await read(opened("text", markup.format(seen=SEEN, secret=SECRET)), "a.odt")
    assert [chunk.text.strip() for chunk in found.chunks] == [SEEN]
    assert found.removed == {"hidden": len(SECRET.replace(" ", ""))}


async def test_white_words_of_an_open_document_stay_on_a_dark_ground() -> None:
    markup = f"<text:p text:style-name='dark'><text:span text:style-name='white'>{SEEN}</text:span></text:p>"
    found = await read(opened("text", markup), "a.odt")
    assert [chunk.text.strip() for chunk in found.chunks] == [SEEN]
    assert not found.removed


async def test_rows_columns_and_sheets_of_an_open_document_that_are_hidden_are_taken_out() -> None:
    cell = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>".format
    row = "<table:table-row{}>{}</table:table-row>".format
    columns = "<table:table-column/><table:table-column table:visibility='collapse'/><table:table-column/>"
    rows = row("", cell("螺丝") + cell(SECRET) + cell("5")) + row(" table:visibility='collapse'", cell(SECRET) * 3)
    sheet = f"<table:table table:name='价格'>{columns}{rows}</table:table>"
    gone = f"<table:table table:name='secret' table:style-name='off'>{row('', cell(SECRET))}</table:table>"
    found = await read(opened("spreadsheet", sheet + gone), "a.ods")
    text = "".join(chunk.text for chunk in found.chunks)
    assert SECRET not in text
    assert all(word in text for word in ("螺丝", "5"))
    assert found.removed == {"rows": 1, "columns": 1, "sheets": 1}


async def test_slides_of_an_open_document_that_are_left_out_are_taken_out_and_the_others_keep_their_numbers() -> None:
    title = (
        "<draw:frame presentation:class='title'><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>".format
    )
    page = "<draw:page draw:style-name='{}'>{}</draw:page>".format
    items = "<draw:frame><text:list><text:list-item><text:p>螺丝</text:p></text:list-item></text:list></draw:frame>"
    shown = page("", title("First plan") + items), page("left-out", title(SECRET)), page("", title("Third plan"))
    found = await read(opened("presentation", "".join(shown)), "a.odp")
    assert [(chunk.page, chunk.text) for chunk in found.chunks] == [
        (1, "## First plan\n\n- 螺丝"),
        (3, "## Third plan"),
    ]
    assert found.removed == {"slides": 1}


def test_hidden_sheets_of_an_old_workbook_are_known() -> None:
    names = ("价格", 0, True), ("secret", 1, False), ("密", 2, True)
    records = b"".join(
        struct.pack("<HHIBBBB", 0x85, 8 + len(written), 0, state, 0, len(name), wide) + written
        for name, state, wide in names
        for written in [name.encode("utf-16-le" if wide else "latin-1")]
    )
    assert hidden_sheets(compound({"Workbook": struct.pack("<HH", 0x809, 0) + records})) == {"secret", "密"}


RICH = "{{\\rtf1\\ansi{{\\colortbl;\\red0\\green0\\blue0;\\red255\\green255\\blue255;}}" + SEEN + " {}\\par}}"


@pytest.mark.parametrize(
    "markup",
    ["{\\v SECRET}", "\\v SECRET\\v0 ", "{\\cf2 SECRET}", "{\\fs2 SECRET}", "{\\cf2\\cf1\\v\\b SECRET\\plain }"],
)
async def test_words_of_rich_text_that_nobody_sees_are_taken_out(markup: str) -> None:
    found = await read(RICH.format(markup.replace("SECRET", SECRET)).encode(), "a.rtf")
    assert [chunk.text.strip() for chunk in found.chunks] == [SEEN]
    assert found.removed == {"hidden": len(SECRET.replace(" ", ""))}


@pytest.mark.parametrize("markup", ["\\v0 also", "{\\cf2\\highlight1 also}", "{\\v gone\\plain also}"])
async def test_words_of_rich_text_that_are_seen_stay(markup: str) -> None:
    found = await read(RICH.format(markup).encode(), "a.rtf")
    assert "also" in found.chunks[0].text
    assert SEEN in found.chunks[0].text
