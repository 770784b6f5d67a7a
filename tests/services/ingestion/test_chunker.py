"""Chunks: spans that tell the truth, sections and rows that stay whole."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.ingestion.chunking.chunker import BUDGET, OVERLAP, split
from services.ingestion.chunking.model import Page, marked
from services.ingestion.chunking.segments import RULE, weight
from services.ingestion.formats.invisible import clean

WORDS = st.sampled_from(
    [
        "# 标题\n",
        "## Part\n",
        "| a | b |\n",
        "| --- | --- |\n",
        "The cost is 5 euros. ",
        "金额超过五万元。",
        "\n\n",
        "\n",
        "x" * 50,
        "，",
        "é",
    ]
)
TEXTS = st.lists(WORDS, max_size=120).map("".join) | st.text(max_size=3000)


def page(text: str, number: int = 1) -> Page:
    text = clean(text)
    return Page(number, text, tuple(marked(text)))


@given(st.lists(TEXTS, max_size=3))
def test_spans_reproduce_the_text_and_cover_all_words(texts: list[str]) -> None:
    pages = [page(text, number) for number, text in enumerate(texts, 1)]
    covered = {p.number: [False] * len(p.text) for p in pages}
    for piece in split(pages):
        text = pages[piece.page - 1].text
        header = piece.text.removesuffix(text[piece.start : piece.end])
        assert header + text[piece.start : piece.end] == piece.text
        assert not header or RULE.match(header.splitlines()[-1].strip())
        covered[piece.page][piece.start : piece.end] = [True] * (piece.end - piece.start)
    missed = [c for p in pages for c, seen in zip(p.text, covered[p.number], strict=True) if not seen]
    assert not any(c.isalpha() for c in missed)


@given(TEXTS)
def test_no_chunk_is_larger_than_the_budget(text: str) -> None:
    assert all(weight(piece.text) <= BUDGET for piece in split([page(text)]))


@given(TEXTS)
def test_chunks_follow_each_other_with_a_small_overlap(text: str) -> None:
    pieces = list(split([page(text)]))
    assert [piece.n for piece in pieces] == list(range(len(pieces)))
    for before, after in pairwise(pieces):
        assert before.start < after.start
        assert weight(page(text).text[after.start : before.end]) <= OVERLAP


def test_a_chunk_names_the_headings_above_it() -> None:
    text = "# Handbook\n\n## Travel\n" + "Trains before planes. " * 40 + "\n## Meals\n" + "Up to 30 euros a day. " * 40
    assert {piece.heading for piece in split([page(text)])} == {("Handbook", "Travel"), ("Handbook", "Meals")}


def test_a_heading_holds_on_the_next_page() -> None:
    pieces = list(split([page("# Notes\nfirst page"), page("second page", 2)]))
    assert [(piece.page, piece.heading) for piece in pieces] == [(1, ("Notes",)), (2, ("Notes",))]


def test_small_sections_share_a_chunk_under_their_common_heading() -> None:
    assert [piece.heading for piece in split([page("# FAQ\n## Who\nAlice\n## When\nMonday\n")])] == [("FAQ",)]


def test_a_table_repeats_its_header_and_keeps_rows_whole() -> None:
    rows = "".join(f"| 产品{n} | {n * 3} |\n" for n in range(300))
    pieces = list(split([page("| 名称 | 数量 |\n| --- | --- |\n" + rows)]))
    assert len(pieces) > 2
    assert all(piece.text.startswith("| 名称 | 数量 |\n| --- | --- |\n| 产品") for piece in pieces)
    assert all(line.count("|") == 3 for piece in pieces for line in piece.text.splitlines())


def test_sentences_end_chunks_in_both_languages() -> None:
    for sentence in (
        "The contract ends after three years unless it is renewed. ",
        "合同期满三年后自动终止，除非双方书面续约。",
    ):
        pieces = list(split([page(sentence * 100)]))
        assert len(pieces) > 2
        assert all(piece.text.endswith((".", "。")) and piece.text[0] in "T合" for piece in pieces)


def test_a_word_is_cut_only_when_nothing_else_is_possible() -> None:
    pieces = list(split([page("word " * 1000)]))
    assert all(set(piece.text.split()) == {"word"} for piece in pieces)
    assert len(list(split([page("x" * 5000)]))) > 4
