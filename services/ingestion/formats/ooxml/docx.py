"""Word documents since 2007."""

from services.ingestion.chunking.model import Page
from services.ingestion.formats.markup.markdown_pages import generated, with_words
from services.ingestion.formats.ooxml import charts, emphasis, smartart
from services.ingestion.formats.ooxml.hidden_content import visible
from services.ingestion.formats.ooxml.text_boxes import unboxed
from services.ingestion.formats.ooxml.word.margins import in_margins
from services.ingestion.formats.ooxml.word.names import usually_named
from services.ingestion.formats.ooxml.word.rendered import rendered


def docx(data: bytes) -> list[Page]:
    """A page ends where its author broke it; Word keeps no other pages in a file."""
    seen = visible(usually_named(data))
    more = "\n\n".join(filter(None, (smartart.in_document(seen), charts.in_document(seen), in_margins(seen))))
    return with_words(generated(emphasis.of_word(rendered(unboxed(seen))), "docx"), more)
