"""The paraphrased questions on the sample company: none shares a content word with the passage that answers it."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from services.ingestion.sandbox.parse_worker import outcome
from services.retrieval.indexing.sql import placed_text
from services.retrieval.text.bm25 import terms

EXAMPLES = Path(__file__).parents[2] / "examples"
ASKED = [json.loads(line) for line in (EXAMPLES / "paraphrases.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("line", ASKED, ids=lambda line: line["question"])
def test_it_shares_no_content_word_with_its_page(line: dict[str, str]) -> None:
    assert not set(terms(line["question"])) & said(line["document"], line["page"])


def test_there_are_enough_in_each_language_and_each_once() -> None:
    assert min(Counter(line["language"] for line in ASKED).values()) >= 50
    assert len({line["question"] for line in ASKED}) == len(ASKED) >= 100


@cache
def said(document: str, page: int) -> frozenset[str]:
    """The words of a page, its headings and its document's title."""
    file = next((EXAMPLES / "company").glob(f"*/{document}"))
    chunks = [chunk for chunk in outcome(file.read_bytes(), document)["chunks"] if chunk[2] == page]
    assert chunks, f"{document} has no page {page}"
    return frozenset(term for _, text, _, heading, *_ in chunks for term in terms(placed_text(document, heading, text)))
