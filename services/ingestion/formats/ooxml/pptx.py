"""PowerPoint slides since 2007."""

import re
from secrets import token_hex

import kreuzberg

from services.ingestion.chunking.model import Page
from services.ingestion.formats.invisible import take
from services.ingestion.formats.markup.html_csv import rendered
from services.ingestion.formats.markup.markdown_pages import generated_page
from services.ingestion.formats.media_types import MEDIA
from services.ingestion.formats.ooxml import emphasis
from services.ingestion.formats.ooxml.hidden_content import unpictured, visible
from services.ingestion.formats.ooxml.notes import slides
from services.ingestion.formats.ooxml.powerpoint.spans import spread


def pptx(data: bytes) -> list[Page]:
    """A slide is a page, in the order of the show; the speaker's notes follow its text."""
    seen = visible(data)
    texts, known = _slides(emphasis.of_slides(spread(seen))), slides(seen)
    if sorted(texts) != list(range(1, len(known) + 1)):
        return [generated_page(number, text) for number, text in sorted(texts.items())]
    take("slides", sum(slide.hidden for slide in known))
    shown = [
        (one.place, "\n\n".join([texts[n], one.diagrams, one.notes]))
        for n, one in enumerate(known, 1)
        if not one.hidden
    ]
    return [generated_page(place, text) for place, text in sorted(shown)]


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
