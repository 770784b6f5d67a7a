"""Each kind of file, read in the parser's own process."""

import io
import zipfile
from email.message import EmailMessage

import pytest
from reportlab.pdfgen.canvas import Canvas

from services.ingestion.chunking.model import Unreadable
from services.ingestion.formats.charset import decode
from services.ingestion.sandbox.client import Parsed, parse
from services.ingestion.settings import IngestionSettings
from tests.services.ingestion import running as files

HEAD = "<html><head><title>制度</title><script>alert(1)</script></head>"
HTML = HEAD + "<body><h1>报销</h1><p>三十天内 <b>提交</b></p>{}</body></html>"


async def read(data: bytes, title: str) -> Parsed:
    return await parse(data, title, IngestionSettings())


async def test_a_pdf_is_read_page_by_page() -> None:
    found = await read(files.pdf("Revenue was 5 million.", "", "Costs were 3 million."), "report.pdf")
    assert [(chunk.page, chunk.text) for chunk in found.chunks] == [
        (1, "Revenue was 5 million."),
        (3, "Costs were 3 million."),
    ]
    assert found.pages == 3


async def test_what_is_filled_into_a_form_is_part_of_its_page() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 700, "Applicant:")
    canvas.acroForm.textfield(name="who", value="Zhang San", x=150, y=690, width=200, height=24)
    canvas.acroForm.textfield(name="note", value="secret", x=150, y=600, width=200, height=24, annotationFlags="hidden")
    canvas.save()
    found = await read(out.getvalue(), "form.pdf")
    assert [chunk.text.split() for chunk in found.chunks] == [["Applicant:", "Zhang", "San"]]


async def test_what_is_filled_in_stands_beside_its_label() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 760, "Application for leave")
    for x, label in ((72, "Name:"), (320, "Staff number:")):
        canvas.drawString(x, 700, label)
    canvas.drawString(72, 660, "Reason for the leave")
    canvas.drawString(72, 560, "The works council has to agree.")
    canvas.acroForm.textfield(name="who", value="Zhang San", x=130, y=692, width=150, height=24)
    canvas.acroForm.textfield(name="number", value="ZK-4711", x=410, y=692, width=100, height=24)
    canvas.acroForm.textfield(name="why", value="Moving house", x=72, y=620, width=300, height=24)
    canvas.save()
    found = await read(out.getvalue(), "form.pdf")
    assert [" ".join(line.split()) for line in found.chunks[0].text.splitlines() if line.strip()] == [
        "Application for leave",
        "Name: Zhang San Staff number: ZK-4711",
        "Reason for the leave Moving house",
        "The works council has to agree.",
    ]


async def test_text_in_a_font_that_is_not_in_the_file_is_read() -> None:
    shown = "BT /F 24 Tf 50 700 Td <6162632082a082a282a4> Tj ET"
    objects = [
        "<</Type /Catalog /Pages 2 0 R>>",
        "<</Type /Pages /Kids [3 0 R] /Count 1>>",
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>",
        f"<</Length {len(shown)}>> stream\n{shown}\nendstream",
        "<</Type /Font /Subtype /Type0 /BaseFont /KozMinPro6N-Regular"
        " /Encoding /90ms-RKSJ-V /DescendantFonts [6 0 R]>>",
        "<</Type /Font /Subtype /CIDFontType0 /BaseFont /KozMinPr6N-Regular /FontDescriptor 7 0 R"
        " /CIDSystemInfo <</Registry (Adobe) /Ordering (Japan1) /Supplement 6>>>>",
        "<</Type /FontDescriptor /FontName /KozMinPr6N-Regular /Flags 4 /FontBBox [-437 -340 1147 1317] /StemV 80"
        " /ItalicAngle 0 /Ascent 1317 /Descent -349 /CapHeight 742>>",
    ]
    body = "".join(f"{n} 0 obj {one} endobj\n" for n, one in enumerate(objects, 1))
    found = await read(f"%PDF-1.7\n{body}trailer <</Root 1 0 R>>\n".encode(), "a.pdf")
    assert [chunk.text for chunk in found.chunks] == ["abc あいう"]


async def test_a_word_file_keeps_headings_tables_and_page_breaks() -> None:
    found = await read(files.word(), "制度.docx")
    assert [(chunk.page, chunk.heading) for chunk in found.chunks] == [(1, ("采购制度",)), (2, ("Travel",))]
    assert "五万元" in found.chunks[0].text
    assert "螺丝" in found.chunks[0].text


async def test_a_sheet_is_a_page_and_its_name_the_heading() -> None:
    found = await read(files.sheets(200), "sales.xlsx")
    assert {(chunk.page, chunk.heading) for chunk in found.chunks} == {(1, ("一季度",)), (2, ("Q2",))}
    assert all("| 产品 | 金额 |" in chunk.text for chunk in found.chunks if chunk.page == 1)


async def test_a_slide_is_a_page_with_its_notes() -> None:
    found = await read(files.slides(), "plan.pptx")
    assert [(chunk.page, chunk.heading) for chunk in found.chunks] == [(n, (f"Plan {n}",)) for n in (1, 2, 3)]
    assert all(f"Point of slide {c.page}" in c.text and f"Spoken on slide {c.page}" in c.text for c in found.chunks)


async def test_a_note_on_the_third_slide_alone_stays_there() -> None:
    found = await read(files.slides(spoken=(3,)), "plan.pptx")
    assert [c.page for c in found.chunks if "Spoken on slide 3\nand no more" in c.text] == [3]
    assert sum(c.text.count("Spoken") for c in found.chunks) == 1


async def test_slides_are_counted_as_they_are_shown() -> None:
    found = await read(files.slides(spoken=(1, 3), first=3), "plan.pptx")
    assert [(c.page, c.heading) for c in found.chunks] == [(1, ("Plan 3",)), (2, ("Plan 1",)), (3, ("Plan 2",))]
    assert [c.page for c in found.chunks if "Spoken on slide" in c.text] == [1, 2]


async def test_html_loses_scripts_and_pictures_and_keeps_headings_and_where_links_lead() -> None:
    markup = "<a href='http://hx.example/form'>hier</a><img src='http://evil/x.png'>"
    found = await read(HTML.format(markup).encode(), "a.html")
    assert "hier (http://hx.example/form)" in found.chunks[0].text
    assert found.chunks[0].heading == ("报销",)
    assert not any(word in found.chunks[0].text for word in ("alert", "evil", "<b>"))


async def test_markdown_headings_in_code_are_no_headings() -> None:
    found = await read("# 手册\n\n```\n# comment\n```\n\ntext".encode(), "a.md")
    assert [chunk.heading for chunk in found.chunks] == [("手册",)]


async def test_what_a_page_says_of_itself_to_machines_is_no_text() -> None:
    head = "<head><meta name='Author' content='x'><meta name=Generator content='Word'><title>制度</title></head>"
    body = "<body><p>三十天内提交</p><img alt='图' src='data:image/png;base64,iVBORw0KGgo='></body>"
    found = await read(f"<html>{head}{body}</html>".encode(), "a.html")
    assert [(chunk.heading, chunk.text) for chunk in found.chunks] == [(("制度",), "# 制度\n\n\n三十天内提交\n\n图")]


@pytest.mark.parametrize("charset", ["windows-1256", "euc-jp", "koi8-r", "no-such-charset", "zip"])
async def test_a_page_is_read_in_the_charset_that_it_names(charset: str) -> None:
    known = {"windows-1256": "وأعرب", "euc-jp": "表示する", "koi8-r": "Уважаемый"}
    words = known.get(charset, "plain words")
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><p>{words}</p>'
    found = await read(page.encode(charset if charset in known else "ascii"), "a.html")
    assert found.chunks[0].text.strip() == words


@pytest.mark.parametrize("text", ["名称,数量\n螺丝,5\n", "名称;数量\n螺丝;5\n", "名称\t数量\n螺丝\t5\n"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
async def test_a_csv_becomes_a_table(text: str, charset: str) -> None:
    found = await read(text.encode(charset), "a.csv")
    assert found.chunks[0].text.splitlines() == ["| 名称 | 数量 |", "| --- | --- |", "| 螺丝 | 5 |"]


@pytest.mark.parametrize("charset", ["windows-1255", "koi8-r", "cp1006", "no-such-charset"])
async def test_a_mail_may_name_any_charset(charset: str) -> None:
    found = await read(f"Subject: =?{charset}?q?Rule?=\nFrom: a@b.c\n\nThirty days.\n".encode(), "a.eml")
    assert "Thirty days." in found.chunks[0].text


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "gb2312"])
async def test_a_mail_tells_its_headers_text_and_attachments(charset: str) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "关于付款", "张三 <zhang@example.com>", "li@example.com"
    mail.set_content("请于周五前付款。\n", charset=charset)
    mail.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="清单.csv")
    found = await read(mail.as_bytes(), "mail.eml")
    assert found.media_type == "message/rfc822"
    assert all(word in found.chunks[0].text for word in ("关于付款", "张三", "请于周五前付款。", "清单.csv"))


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("text", ["报销须在三十天内提交。", "合同", "付款条件：net 30 days，含税 13%。\n" * 20])
def test_a_chinese_text_is_read_in_every_charset(text: str, charset: str) -> None:
    assert decode(text.encode(charset)) == text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Le café est fermé à l'été, voilà.", "cp1252"),
        ("Größe und Übermaß in Köln", "cp1252"),
        ("採購金額超過五萬元須經財務總監審批。發票應於三十日內提交。", "big5"),
        ("これは日本語の文章です。見積書を送ってください。", "shift_jis"),
        ("Счёт должен быть оплачен в течение тридцати дней.", "cp1251"),
        ("游戏《ガメラ》的原名与一九九五年的电影相同，导演是金子修介。", "gb18030"),
        ("plain ascii", "ascii"),
    ],
)
def test_other_charsets_are_told_apart(text: str, charset: str) -> None:
    assert decode(text.encode(charset)) == text


async def test_a_name_without_an_ending_is_no_obstacle() -> None:
    assert (await read(files.word(), "采购制度")).pages == 2
    assert (await read("五万元".encode("gbk"), "notes")).chunks[0].text == "五万元"


def in_bytes(text: str, charset: str) -> str:
    """As rich text: what is no letter of ASCII in hexadecimal, a backslash with another before it."""
    plain = {byte: chr(byte) for byte in range(0x80)} | {0x5C: "\\\\"}
    return "".join(plain.get(byte) or f"\\'{byte:02x}" for byte in text.encode(charset))


@pytest.mark.parametrize(
    ("charset", "number", "words"),
    [("gbk", 134, "采购金额"), ("cp950", 136, "採購功能"), ("cp932", 128, "表示する"), ("cp1251", 204, "Уважаемый")],
)
async def test_rich_text_may_have_a_charset_for_each_font(charset: str, number: int, words: str) -> None:
    fonts = rf"{{\fonttbl{{\f0\fnil\fcharset0 Arial;}}{{\f7\fnil\fcharset{number} Other;}}}}"
    known = r"{\uc2\u37329\'bd\'f0\u39069\'b6\'ee}"
    text = rf"{{\rtf1\ansi\ansicpg1252\deff0{fonts}\f0 caf\'e9 \f7 {in_bytes(words, charset)}\f0 10 \f7 {known}\par}}"
    found = await read(text.encode(), "a.rtf")
    assert found.chunks[0].text.rstrip() == f"café {words}10 金额"


async def test_a_locked_opendocument_file_is_told_as_locked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        box.writestr("content.xml", b"\x80\x81")
        box.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        box.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    with pytest.raises(Unreadable) as caught:
        await read(out.getvalue(), "a.odt")
    assert caught.value.reason == "encrypted"
