"""Captions: what the first lines of a page call it, carried by each of its chunks."""

import pytest

from services.ingestion.chunking.chunker import split
from services.ingestion.chunking.model import Heading, Page
from services.ingestion.chunking.page_titles import captions

PROSE = "and so the year went on, with costs that fell and sales\nthat rose in all regions but one.\n"
HEADER = "Example Company, Annual Report\n"
ROWS = "".join(f"Row {n} of the table $ {n},000 $ {n},100\n" for n in range(90))


def report(*tops: str) -> list[Page]:
    """A page for each top, each under the same running header, between pages of prose."""
    texts = [PROSE * 9] * 3 + [top + ROWS for top in tops] + [PROSE * 9] * 3
    return [Page(n, HEADER + text) for n, text in enumerate(texts, 1)]


@pytest.mark.parametrize(
    "title", ["CONSOLIDATED BALANCE SHEETS", "Consolidated Statements of Income", "合并资产负债表", "合併利潤表"]
)
def test_a_statement_is_named_by_the_title_above_its_table(title: str) -> None:
    assert captions(report(f"{title}\n(in millions)\n")) == {4: title}


def test_every_chunk_of_a_page_carries_its_caption_and_the_next_page_does_not() -> None:
    pieces = list(split(report("Consolidated Balance Sheets\n")))
    headings = {n: {piece.heading for piece in pieces if piece.page == n} for n in (3, 4, 5)}
    assert len([piece for piece in pieces if piece.page == 4]) > 1
    assert headings == {3: {()}, 4: {("Consolidated Balance Sheets",)}, 5: {()}}


def test_a_caption_stands_under_the_chapter_and_above_what_the_page_sets_in_bold() -> None:
    pages = report("Consolidated Balance Sheets\n")
    pages[0] = Page(1, "Item 8. Statements\n" + PROSE, (Heading(0, 2, "Item 8. Statements"),))
    at = pages[3].text.index("Row 50")
    pages[3] = Page(4, pages[3].text, (Heading(at, 3, "Liabilities"),))
    last = [piece for piece in split(pages) if piece.page == 4][-1]
    assert last.heading == ("Item 8. Statements", "Consolidated Balance Sheets", "Liabilities")


def test_a_running_header_and_the_prose_of_a_page_are_no_captions() -> None:
    assert captions(report()) == {}


def test_pages_that_are_few_need_no_telling_apart() -> None:
    assert captions([Page(1, "Consolidated Balance Sheets\n" + ROWS)]) == {}
