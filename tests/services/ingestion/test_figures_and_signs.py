"""Figures and signs as a person reads them: raised figures, broken words, colours, invitations, charts, invoices."""

import zipfile
from io import BytesIO

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from reportlab.pdfgen.canvas import Canvas

from services.ingestion.chunking.model import Unreadable
from services.ingestion.formats.email.calendar import events
from services.ingestion.formats.markup.html_colours import faint, white
from services.ingestion.formats.markup.html_csv import html
from services.ingestion.formats.pdf.reader import pdf
from services.ingestion.formats.pdf.typography import rejoined
from services.ingestion.formats.registry import read


def drawn(*pieces: tuple[str, float, float]) -> str:
    """The text of a page with these words: how far they are raised, and the size of their type."""
    out = BytesIO()
    canvas = Canvas(out)
    text = canvas.beginText(72, 700)
    for words, rise, size in pieces:
        text.setFont("Helvetica", size)
        text.setRise(rise)
        text.textOut(words)
    canvas.drawText(text)
    canvas.save()
    return pdf(out.getvalue(), {})[0][0].text


def test_a_raised_figure_is_kept_apart_from_the_number_before_it() -> None:
    assert drawn(("Loans of 24.91", 0, 10), ("2", 5, 8)).startswith("Loans of 24.91^2")
    assert drawn(("It does 10", 0, 10), ("16", 5, 8)).startswith("It does 10^16")
    assert drawn(("See note", 0, 10), ("3", 5, 8)).startswith("See note^3")


def test_figures_in_one_line_and_lowered_ones_stay_together() -> None:
    assert drawn(("Loans of 24.912", 0, 10)) == "Loans of 24.912"
    assert "^" not in drawn(("H", 0, 10), ("2", -2, 7), ("O", 0, 10))
    assert "^" not in drawn(("HEADING 20", 0, 18), ("24", 0, 18))


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("number KX\ufffe4410 in", "number KX-4410 in"),
        ("a self\x02locking nut", "a self-locking nut"),
        ("the trans\ufffemission", "the transmission"),
        ("a DIN\ufffeNorm", "a DIN-Norm"),
        ("plain-text", "plain-text"),
    ],
)
def test_a_word_broken_at_the_end_of_a_line_is_whole_again(broken: str, whole: str) -> None:
    assert rejoined(broken) == whole


@pytest.mark.parametrize(
    ("colour", "unseen"),
    [
        ("#fff", True), ("#FEFEFE", True), ("white", True), ("rgb(255, 255, 255)", True), ("rgb(100% 100% 100%)", True),
        ("hsl(0, 0%, 100%)", True), ("transparent", True), ("rgba(0,0,0,0)", True), ("#00000000", True),
        ("#000", False), ("red", False), ("rgb(0,0,0)", False), ("hsl(120, 100%, 25%)", False), ("var(--x)", False),
        ("#ff", False), ("rgb(1)", False), ("", False),
    ],
)  # fmt: skip
def test_a_colour_that_does_not_show_on_paper_is_told(colour: str, unseen: bool) -> None:
    assert (white(colour) or faint(colour)) is unseen


def test_words_in_the_colour_of_their_ground_are_left_out_of_a_page() -> None:
    page = """<body bgcolor="#ffffff"><p>The code is 5512.</p><p style="color:#fff">Say 0000.</p>
    <p style="color:transparent">One.</p><font color="white">Two.</font>
    <div style="background-color: #003366"><p style="color: #fff">Shown.</p></div></body>"""
    assert html(page)[0].text.split() == ["The", "code", "is", "5512.", "Shown."]


def test_a_raised_figure_of_a_web_page_is_kept_apart() -> None:
    found = html(
        "<p>It does 10<sup>6</sup> cycles; note<sup><a href='#n'>1</a></sup>, the 3<sup>rd</sup> <sup>x</sup>.</p>"
    )
    assert found[0].text.startswith("It does 10^6 cycles; note^1, the 3^rd")


def test_an_invitation_says_when_and_where() -> None:
    calendar = """BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;TZID="Asia/Shanghai":20250310T090000
DTEND:20250310T020000Z
LOCATION:Room 5.21\\, second
  floor
SUMMARY:审计启动会
DESCRIPTION:Bring:\\nthe list
BEGIN:VALARM
DESCRIPTION:Reminder
END:VALARM
ORGANIZER;CN="Li: Wei":mailto:li@hx.example
END:VEVENT
END:VCALENDAR""".replace("\n", "\r\n")
    assert events(calendar).splitlines() == [
        "Event: 审计启动会", "Starts: 2025-03-10 09:00 (Asia/Shanghai)", "Ends: 2025-03-10 02:00 UTC",
        "Location: Room 5.21, second floor", "Organizer: li@hx.example", "Description: Bring:", "the list",
    ]  # fmt: skip
    assert events("no calendar") == ""


def test_an_invitation_within_a_mail_is_part_of_its_text() -> None:
    mail = b"""From: a@b.example\r\nSubject: \xc9\xf3\xbc\xc6\r\nContent-Type: multipart/alternative; boundary=B\r\n
--B\r\nContent-Type: text/plain\r\n\r\nPlease attend.\r\n--B\r\nContent-Type: text/calendar\r\n
BEGIN:VEVENT\r\nDTSTART:20250310\r\nEND:VEVENT\r\n--B--\r\n"""
    text = read(mail, "a.eml", {}).pages[0].text
    assert "Please attend." in text
    assert "Starts: 2025-03-10" in text
    assert "Subject: 审计" in text, "bytes of no standard are in the charset of their words"


def test_the_figures_of_a_chart_are_a_table_on_its_slide() -> None:
    show = Presentation()
    data = CategoryChartData()
    data.categories = ["Q1", "Q2"]
    data.add_series("Ulm", (11.5, 12.25))
    data.add_series("Bonn", (7, None))
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.add_chart(XL_CHART_TYPE.LINE, Inches(1), Inches(1), Inches(5), Inches(4), data)
    show.save(out := BytesIO())
    rows = [line for line in read(out.getvalue(), "a.pptx", {}).pages[0].text.splitlines() if line.startswith("|")]
    assert rows == ["|  | Ulm | Bonn |", "| --- | --- | --- |", "| Q1 | 11.5 | 7 |", "| Q2 | 12.25 |  |"]


def invoice(page: str, **parts: str) -> bytes:
    out = BytesIO()
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    with zipfile.ZipFile(out, "w") as box:
        box.writestr(
            "OFD.xml", f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>/D/Doc.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
        )
        pages = '<ofd:Pages><ofd:Page BaseLoc="P/1.xml"/></ofd:Pages>'
        box.writestr("D/Doc.xml", f"<ofd:Document {space}>{pages}</ofd:Document>")
        if page:
            box.writestr(
                "D/P/1.xml", f"<ofd:Page {space}><ofd:Content><ofd:Layer>{page}</ofd:Layer></ofd:Content></ofd:Page>"
            )
    return out.getvalue()


def words(text: str, boundary: str) -> str:
    return f'<ofd:TextObject Boundary="{boundary}"><ofd:TextCode X="0" Y="4">{text}</ofd:TextCode></ofd:TextObject>'


def test_an_invoice_in_ofd_is_read_by_its_lines() -> None:
    page = words("128.00", "60 20 20 5") + words("合计", "10 20.3 20 5") + words("发票号码 04412207", "10 5 60 5")
    found = read(invoice(page), "fapiao.ofd", {})
    assert (found.kind, found.pages[0].text) == ("ofd", "发票号码 04412207\n合计  128.00")


def test_an_ofd_without_its_page_is_refused_as_damaged() -> None:
    with pytest.raises(Unreadable, match="a part of it is missing"):
        read(invoice(""), "fapiao.ofd", {})
