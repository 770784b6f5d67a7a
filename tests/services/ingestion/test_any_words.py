"""Whatever words and lines a page has, its tables are read without an error, and each word once."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.ingestion.formats.pdf.tables import page
from services.ingestion.formats.pdf.tables.markdown import markdown
from services.ingestion.formats.pdf.tables.ruled.edges import Edge
from services.ingestion.formats.pdf.tables.words import Word

TEXTS = [
    "12",
    "1,234",
    "$",
    "(3)",
    "—",
    "abc",
    "Net income",
    "2022",
    ".",
    "....",
    "%",
    ")",
    "(",
    "•",
    "1.",
    "a|b",
    "x" * 70,
]
TEXTS += ["and the", "10^6", "\ufffe", "ab\x02", "N/A", "三", "第一条", "-"]
places = some.integers(0, 40).map(lambda n: 15.0 * n)
sizes = some.sampled_from([10.0, 10.0, 7.0, 0.5, 30.0])
words = some.builds(
    lambda text, x, wide, y, off, size: Word(text, x, x + wide, y + off, size, int(y) % 9, 0),
    some.sampled_from(TEXTS), places, some.sampled_from([0.0, 12.0, 60.0, 300.0]), places,
    some.sampled_from([0.0, 0.5, 3.0]), sizes,
)  # fmt: skip
edges = some.lists(some.builds(lambda a, long, at: Edge(a, a + long, at), places, places, places), max_size=40)


@settings(max_examples=150, deadline=None)
@given(some.lists(words, max_size=80), edges, edges)
def test_any_words_between_any_lines_are_read(held: list[Word], across: list[Edge], down: list[Edge]) -> None:
    drawn: Any = SimpleNamespace(across=across, down=down)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "Edges", lambda *_: drawn)
        found = page.tables(drawn, held, 0)
    taken = [id(word) for table in found for word in table.words]
    assert len(taken) == len(set(taken))
    for table in found:
        assert len({len(row) for row in table.rows}) == 1
        assert markdown(table.rows)
