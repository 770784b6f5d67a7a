"""OpenDocument texts keep their structure, and words stay whole whatever their type."""

import io
import zipfile

import docx
import pptx
import pytest

from services.ingestion.sandbox.client import parse
from services.ingestion.settings import IngestionSettings
from tests.services.ingestion.test_hidden_office import opened
from tests.services.ingestion.test_hidden_text import saved

WORDS = ("国立", "云林", "科技大学")
TEXT = """<text:tracked-changes><text:changed-region><text:deletion><text:p>旧文</text:p></text:deletion>
</text:changed-region></text:tracked-changes>
<text:h text:outline-level="1">采购<text:span>制度</text:span></text:h>
<text:p>三十天<text:line-break/>内<text:s text:c="2"/>付款<text:note><text:note-citation>1</text:note-citation>
<text:note-body><text:p>脚注</text:p></text:note-body></text:note>。
<draw:frame><draw:text-box><text:p>框内</text:p></draw:text-box></draw:frame></text:p>
<text:list><text:list-item><text:p>甲</text:p><text:list><text:list-item><text:p>乙</text:p></text:list-item></text:list>
</text:list-item></text:list>
<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>品名</text:p></table:table-cell>
<table:table-cell><text:p>价格</text:p></table:table-cell></table:table-row></table:table-header-rows>
<table:table-row><table:table-cell><text:p>螺丝</text:p><text:p>（大）</text:p></table:table-cell>
<table:table-cell><text:p>12.5|箱</text:p></table:table-cell></table:table-row></table:table>
<text:p text:style-name="new-page">第二页</text:p><text:p># 不是标题</text:p>"""
PAGES = [
    "# 采购制度\n\n三十天\n内  付款。\n\n框内\n\n- 甲\n  - 乙\n\n"
    "| 品名 | 价格 |\n| --- | --- |\n| 螺丝 （大） | 12.5\\|箱 |",
    "第二页\n\n\\# 不是标题\n\n脚注",
]


async def text_of(data: bytes, title: str) -> str:
    return "\n".join(chunk.text for chunk in (await parse(data, title, IngestionSettings())).chunks)


async def test_an_opendocument_text_keeps_headings_lists_tables_boxes_and_notes() -> None:
    breaks = '<style:style style:name="new-page" style:family="paragraph">'
    breaks += '<style:paragraph-properties fo:break-before="page"/></style:style>'
    found = await parse(opened("text", breaks + TEXT), "制度.odt", IngestionSettings())
    assert [(chunk.page, chunk.text) for chunk in found.chunks] == list(enumerate(PAGES, 1))


async def test_bold_and_italic_words_of_a_word_file_stay_whole() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for n, words in enumerate(WORDS):
        run = paragraph.add_run(words)
        run.bold, run.italic = n != 1, n > 0
    paragraph.add_run(" 138****5678")
    assert await text_of(saved(document), "a.docx") == "国立云林科技大学 138****5678"


async def test_bold_and_italic_words_of_a_slide_stay_whole() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "计划"
    for n, words in enumerate((*WORDS, " 138****5678")):
        run = slide.placeholders[1].text_frame.paragraphs[0].add_run()
        run.text, run.font.bold, run.font.italic = words, n == 0, n == 1
    assert (await text_of(saved(deck), "a.pptx")).endswith("国立云林科技大学 138****5678")


@pytest.mark.parametrize(
    ("title", "markup"),
    [
        ("a.html", "<html><p><b>Guo</b><strong>Li</strong><i>yun</i><em>lin</em> <br>138****5678</p></html>"),
        ("a.rtf", r"{\rtf1\ansi \b Guo\b0\i Li\i0 yunlin 138****5678\par}"),
    ],
)
async def test_bold_and_italic_words_of_a_page_stay_whole(title: str, markup: str) -> None:
    assert (await text_of(markup.encode(), title)).split() == ["GuoLiyunlin", "138****5678"]


FRAME = """<draw:frame><draw:object xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="./Object 1"/></draw:frame>"""
NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table", "chart")
)
CHART = f"""<office:document-content{NAMES}><office:body><office:chart><chart:chart><chart:title><text:p>Tonnes</text:p>
</chart:title><table:table><table:table-header-rows><table:table-row><table:table-cell/><table:table-cell>
<text:p>2025</text:p></table:table-cell></table:table-row></table:table-header-rows><table:table-rows><table:table-row>
<table:table-cell><text:p>Ulm</text:p></table:table-cell><table:table-cell><text:p>11.5</text:p></table:table-cell>
</table:table-row></table:table-rows></table:table></chart:chart></office:chart></office:body>
</office:document-content>"""
FIGURES = "Tonnes\n\n|  | 2025 |\n| --- | --- |\n| Ulm | 11.5 |"


def with_chart(kind: str, body: str, chart: str) -> bytes:
    out = io.BytesIO(opened(kind, body))
    with zipfile.ZipFile(out, "a") as box:
        box.writestr("Object 1/content.xml", chart)
    return out.getvalue()


async def test_the_figures_of_a_chart_stand_at_its_place_once() -> None:
    body = f"<text:p>Before.{FRAME}</text:p><text:p>After.{FRAME}</text:p>"
    assert await text_of(with_chart("text", body, CHART), "a.odt") == f"Before.\n\n{FIGURES}\n\nAfter."


async def test_the_figures_of_a_chart_on_a_slide_are_read() -> None:
    slide = (
        f"<draw:page><draw:frame><draw:text-box><text:p>Mills</text:p></draw:text-box></draw:frame>{FRAME}</draw:page>"
    )
    assert await text_of(with_chart("presentation", slide, CHART), "a.odp") == f"Mills\n\n{FIGURES}"


async def test_a_damaged_chart_leaves_the_text_around_it() -> None:
    assert await text_of(with_chart("text", f"<text:p>Before.{FRAME}</text:p>", CHART[:-9]), "a.odt") == "Before."
