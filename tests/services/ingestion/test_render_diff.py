"""Words that lie in diagrams and boxes beside a page are found too."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from services.ingestion.sandbox.client import Parsed, parse
from services.ingestion.settings import IngestionSettings
from tests.services.ingestion import running as files

TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    f'xmlns:r="{TYPES}" '
    'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
)
POINT = "<dgm:pt><dgm:t><a:bodyPr/>{}</dgm:t></dgm:pt>"
SAID = "<a:p><a:r><a:t>{}</a:t></a:r></a:p>"
BOX = '<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="b"{}/></xdr:nvSpPr><xdr:txBody>{}</xdr:txBody></xdr:sp>'
FRAME = (
    f"<p:graphicFrame><a:graphic {SPACES}><a:graphicData>"
    '<dgm:relIds r:dm="rId77"/></a:graphicData></a:graphic></p:graphicFrame>'
)
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


async def read(data: bytes, title: str) -> Parsed:
    return await parse(data, title, IngestionSettings())


def diagram(*shapes: str) -> str:
    points = "".join(POINT.format(SAID.format(words)) for words in shapes)
    return f"<dgm:dataModel {SPACES}><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>"


def changed(data: bytes, add: Mapping[str, str], **replaced: tuple[str, str]) -> bytes:
    """The container with parts added, and in the parts that end so (`_` for `/`) one text replaced by another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in {*old.namelist(), *add}:
            part = add[name] if name in add else old.read(name).decode("utf-8", "surrogateescape")
            for end, (before, after) in replaced.items():
                if name.replace("/", "_").replace(".", "_").endswith(end):
                    assert before in part
                    part = part.replace(before, after, 1)
            new.writestr(name, part.encode("utf-8", "surrogateescape"))
    return out.getvalue()


def related(kind: str, target: str) -> tuple[str, str]:
    relation = f'<Relationship Id="rId77" Type="{TYPES}/{kind}" Target="{target}"/>'
    return "</Relationships>", f"{relation}</Relationships>"


@pytest.mark.parametrize("shown", [True, False])
async def test_a_diagram_is_part_of_its_slide_when_the_slide_shows_it(shown: bool) -> None:
    data = changed(
        files.slides(),
        {"ppt/diagrams/data1.xml": diagram("调研", "审批", "付款")},
        slides__rels_slide2_xml_rels=related("diagramData", "../diagrams/data1.xml"),
        slides_slide2_xml=("</p:spTree>", f"{FRAME if shown else ''}</p:spTree>"),
    )
    found = await read(data, "plan.pptx")
    assert [chunk.page for chunk in found.chunks if "- 调研\n- 审批\n- 付款" in chunk.text] == [2] * shown


async def test_what_a_box_holds_follows_its_paragraph_once() -> None:
    space = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    space += 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    text = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>".format
    inside = f"<w:txbxContent>{text('机密等级：内部')}{text('第二行')}</w:txbxContent>"
    shape = f"<mc:Choice><w:drawing><wps:txbx>{inside}</wps:txbx></w:drawing></mc:Choice>"
    other = f"<mc:Fallback><w:pict>{inside}</w:pict></mc:Fallback>"
    both = f"<mc:AlternateContent {space}>{shape}{other}</mc:AlternateContent>"
    boxed = (
        f"<w:p><w:r><w:t>带框的段落</w:t></w:r><w:r>{both}</w:r><w:r><w:t>，还有下文。</w:t></w:r></w:p>{text('末段')}"
    )
    found = await read(changed(files.word(), {}, word_document_xml=("<w:sectPr", f"{boxed}<w:sectPr")), "制度.docx")
    assert found.chunks[-1].text.endswith("带框的段落，还有下文。\n\n机密等级：内部\n\n第二行\n\n末段")


async def test_the_boxes_of_a_sheet_follow_its_cells_and_hidden_ones_do_not() -> None:
    box = BOX.format("", SAID.format("金额含税") + SAID.format("单位：元"))
    box += BOX.format(' hidden="1"', SAID.format("secret"))
    relation = f'<Relationship Id="rId1" Type="{TYPES}/drawing" Target="../drawings/drawing9.xml"/>'
    data = changed(
        files.sheets(3),
        {
            "xl/drawings/drawing9.xml": f"<xdr:wsDr {SPACES}>{box}</xdr:wsDr>",
            "xl/worksheets/_rels/sheet2.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relation}</Relationships>',
        },
    )
    found = await read(data, "sales.xlsx")
    assert [chunk.page for chunk in found.chunks if "金额含税\n单位：元" in chunk.text] == [2]
    assert not any("secret" in chunk.text for chunk in found.chunks)
