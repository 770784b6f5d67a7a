"""Comments on slides are read below the slide, with their authors; those of a hidden slide are not."""

import zipfile
from io import BytesIO

import pytest
from pptx import Presentation

from services.ingestion.formats.ooxml.pptx import pptx

P = "http://schemas.openxmlformats.org/presentationml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
NEW = "http://schemas.microsoft.com/office/powerpoint/2018/8/main"
RELATION = '<Relationship Id="rId99" Type="{}/relationships/comments" Target="../comments/c.xml"/></Relationships>'
OLD_KIND = "http://schemas.openxmlformats.org/officeDocument/2006"
NEW_KIND = "http://schemas.microsoft.com/office/2018/10"
OLD = {
    "ppt/commentAuthors.xml": f'<p:cmAuthorLst xmlns:p="{P}"><p:cmAuthor id="3" name="Jo Weber"/></p:cmAuthorLst>',
    "ppt/comments/c.xml": f'<p:cmLst xmlns:p="{P}"><p:cm authorId="3"><p:text>Ulm is 12.5, not 11.5.</p:text></p:cm>'
    '<p:cm authorId="9"><p:text> </p:text></p:cm></p:cmLst>',
}
TEXT = "<n:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></n:txBody>"
REPLY = f'<n:replyLst><n:reply authorId="{{B}}">{TEXT.format("Done.")}</n:reply></n:replyLst>'
MODERN = {
    "ppt/authors.xml": f'<n:authorLst xmlns:n="{NEW}"><n:author id="{{A}}" name="王芳"/>'
    '<n:author id="{B}" name="Jo Weber"/></n:authorLst>',
    "ppt/comments/c.xml": f'<n:cmLst xmlns:n="{NEW}" xmlns:a="{A}"><n:cm authorId="{{A}}">{REPLY}'
    f"{TEXT.format('请核对乌尔姆的数字。')}</n:cm></n:cmLst>",
}


def deck(kind: str, parts: dict[str, str], *, hidden: bool = False) -> str:
    """The text of a deck of one slide that has these comments, and one without."""
    out, slides = BytesIO(), Presentation()
    for title in ("Mills", "End"):
        slides.slides.add_slide(slides.slide_layouts[5]).shapes.title.text = title
    if hidden:
        slides.slides[0]._element.set("show", "0")
    slides.save(out)
    again = BytesIO()
    with zipfile.ZipFile(out) as box, zipfile.ZipFile(again, "w") as new:
        for name in box.namelist():
            data = box.read(name)
            if name == "ppt/slides/_rels/slide1.xml.rels":
                data = data.replace(b"</Relationships>", RELATION.format(kind).encode())
            new.writestr(name, data)
        for name, text in parts.items():
            new.writestr(name, text)
    return "\n\n".join(page.text for page in pptx(again.getvalue()))


@pytest.mark.parametrize(
    ("kind", "parts", "told"),
    [
        (OLD_KIND, OLD, ["[Comment by Jo Weber: Ulm is 12.5, not 11.5.]"]),
        (NEW_KIND, MODERN, ["[批注 王芳：请核对乌尔姆的数字。]", "[Comment by Jo Weber: Done.]"]),
    ],
)
def test_comments_stand_below_their_slide_with_their_authors(kind: str, parts: dict[str, str], told: list[str]) -> None:
    lines = [line for line in deck(kind, parts).splitlines() if line]
    assert lines == ["## Mills", *told, "## End"]


def test_comments_of_a_hidden_slide_are_not_read() -> None:
    assert "Ulm" not in deck(OLD_KIND, OLD, hidden=True)
