"""Excel workbooks since 2007."""

from collections.abc import Collection

from services.ingestion.chunking.model import Page
from services.ingestion.formats.markup.markdown_pages import generated_page, with_words
from services.ingestion.formats.ooxml import smartart
from services.ingestion.formats.ooxml.excel.rendered import rendered
from services.ingestion.formats.ooxml.hidden_content import hidden_sheets, visible
from services.ingestion.formats.sheets import sheets


def xlsx(data: bytes) -> list[Page]:
    """A sheet is a page, its name the heading."""
    seen, hidden = visible(data), hidden_sheets(data)
    return _boxed(sheets(rendered(seen), "xlsx", hidden), smartart.on_sheets(seen), hidden)


def _boxed(found: list[Page], boxes: dict[str, tuple[int, str]], hidden: Collection[str]) -> list[Page]:
    """Each sheet's boxes after its cells; a sheet may have nothing but boxes."""
    pages = {page.number: page for page in found if page.text}
    for name, (number, words) in boxes.items():
        if name not in hidden:
            page = pages.get(number) or generated_page(number, f"## {name}")
            pages[number] = with_words([page], words)[0]
    return [pages[number] for number in sorted(pages)]
