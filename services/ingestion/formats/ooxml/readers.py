"""Office files in, pages out: each by the reader that knows it best."""

import re
from collections.abc import Collection
from secrets import token_hex

import kreuzberg

from services.ingestion.chunking.model import Page, marked
from services.ingestion.formats import rtf as rich_text
from services.ingestion.formats.html_csv import quiet, rendered
from services.ingestion.formats.invisible import clean, take
from services.ingestion.formats.media_types import MEDIA
from services.ingestion.formats.odf import hidden_content
from services.ingestion.formats.odf import odp as presentation
from services.ingestion.formats.odf import odt as opentext
from services.ingestion.formats.ole import doc_markdown, xls_sheets
from services.ingestion.formats.ole.ppt import Show
from services.ingestion.formats.ooxml import emphasis, smartart
from services.ingestion.formats.ooxml.hidden_content import hidden_sheets, unpictured, visible
from services.ingestion.formats.ooxml.notes import slides
from services.ingestion.formats.ooxml.text_boxes import unboxed
from services.ingestion.formats.text import unmarked

EMPTY_ROW = re.compile(r"^\|(?:[ \t]*\|)+[ \t]*(?:\n|$)", re.M)
MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d) 00:00:00\b")


def docx(data: bytes) -> list[Page]:
    """A page ends where its author broke it; Word keeps no other pages in a file."""
    seen = visible(data)
    return _more(_paged(emphasis.of_word(unboxed(seen)), "docx"), smartart.in_document(seen))


def doc(data: bytes) -> list[Page]:
    """As Word kept them before 2007."""
    return [_text(number, text) for number, text in enumerate(doc_markdown.pages(data), 1)]


def rtf(data: bytes) -> list[Page]:
    """Text as other programs exchange it."""
    return _paged(rich_text.visible(data), "rtf")


def odt(data: bytes) -> list[Page]:
    """OpenDocument text."""
    return [_text(number, text) for number, text in enumerate(opentext.pages(hidden_content.visible(data)), 1)]


def epub(data: bytes) -> list[Page]:
    """A book: its chapters are headings, it has no pages."""
    return _paged(data, "epub")


def ppt(data: bytes) -> list[Page]:
    """Slides from before 2007: each a page, in the order of the show, with its speaker's notes."""
    found = Show(data).slides()
    take("slides", sum(slide.hidden for slide in found))
    shown = [(place, slide) for place, slide in enumerate(found, 1) if not slide.hidden]
    return [_text(place, "\n\n".join(filter(None, (slide.words, slide.notes)))) for place, slide in shown]


def odp(data: bytes) -> list[Page]:
    """OpenDocument slides."""
    found = presentation.texts(hidden_content.visible(data))
    return [_page(number, text) for number, text in enumerate(found, 1)]


def xlsx(data: bytes) -> list[Page]:
    """A sheet is a page, its name the heading."""
    seen, hidden = visible(data), hidden_sheets(data)
    return _boxed(_sheets(seen, "xlsx", hidden), smartart.on_sheets(seen), hidden)


def xls(data: bytes) -> list[Page]:
    """Sheets from before 2007."""
    return _sheets(data, "xls", xls_sheets.hidden_sheets(data))


def ods(data: bytes) -> list[Page]:
    """OpenDocument sheets."""
    return _sheets(hidden_content.visible(data), "ods")


def _paged(data: bytes, kind: str) -> list[Page]:
    found = kreuzberg.extract_bytes_sync(data, MEDIA[kind], quiet(pages=kreuzberg.PageConfig(extract_pages=True)))
    if not found.pages:
        return [_page(1, found.content)]
    return [_page(page["page_number"], page["content"]) for page in found.pages]


def _sheets(data: bytes, kind: str, hidden: Collection[str] = ()) -> list[Page]:
    found = kreuzberg.extract_bytes_sync(data, MEDIA[kind], quiet())
    names = [str(name) for name in found.metadata.get("sheet_names") or ()]
    text, starts = found.content, list[tuple[int, int]]()
    for number, name in enumerate(names, 1):
        if (at := _line(text, f"## {name}", starts[-1][1] + 1 if starts else 0)) >= 0:
            starts.append((number, at))
    if not starts:
        return [_page(1, text)]
    ends = [at for _, at in starts[1:]] + [len(text)]
    take("sheets", len(hidden))
    return [
        _page(number, MIDNIGHT.sub(r"\1", text[at:end]))
        for (number, at), end in zip(starts, ends, strict=True)
        if names[number - 1] not in hidden
    ]


def pptx(data: bytes) -> list[Page]:
    """A slide is a page, in the order of the show; the speaker's notes follow its text."""
    seen = visible(data)
    texts, known = _slides(emphasis.of_slides(seen)), slides(seen)
    if sorted(texts) != list(range(1, len(known) + 1)):
        return [_page(number, text) for number, text in sorted(texts.items())]
    take("slides", sum(slide.hidden for slide in known))
    shown = [
        (one.place, "\n\n".join([texts[n], one.diagrams, one.notes]))
        for n, one in enumerate(known, 1)
        if not one.hidden
    ]
    return [_page(place, text) for place, text in sorted(shown)]


def _slides(data: bytes) -> dict[int, str]:
    """Texts by the order of their files. In Markdown the reader leaves notes out, which it gives to wrong slides."""
    # A mark that no slide can guess, so that none can pretend to be another.
    mark = f"@{token_hex(8)}@"
    config = kreuzberg.PageConfig(insert_page_markers=True, marker_format=f"\n\n{mark}{{page_num}}@\n\n")
    try:
        text = rendered(data, MEDIA["pptx"], pages=config)
    except kreuzberg.ParsingError:
        # The reader fails at a picture that lies outside of the file.
        text = rendered(unpictured(data), MEDIA["pptx"], pages=config)
    parts = re.split(rf"{mark}(\d+)@\n*", text)
    return {int(number): text for number, text in zip(parts[1::2], parts[2::2], strict=True)}


def _boxed(found: list[Page], boxes: dict[str, tuple[int, str]], hidden: Collection[str]) -> list[Page]:
    """Each sheet's boxes after its cells; a sheet may have nothing but boxes."""
    pages = {page.number: page for page in found if page.text}
    for name, (number, words) in boxes.items():
        if name not in hidden:
            page = pages.get(number) or _page(number, f"## {name}")
            pages[number] = _more([page], words)[0]
    return [pages[number] for number in sorted(pages)]


def _more(found: list[Page], words: str) -> list[Page]:
    """The same, with words after the last page's."""
    if not words or not found:
        return found
    last = found[-1]
    return [*found[:-1], _page(last.number, f"{last.text}\n\n{words}")]


def _line(text: str, line: str, start: int) -> int:
    found = re.compile(rf"^{re.escape(line)}[ \t]*$", re.M).search(text, start)
    return found.start() if found else -1


def _text(number: int, text: str) -> Page:
    text = clean(text).strip()
    return Page(number, text, tuple(marked(text)))


def _page(number: int, text: str) -> Page:
    text = unmarked(EMPTY_ROW.sub("", clean(text))).strip()
    return Page(number, text, tuple(marked(text)))
