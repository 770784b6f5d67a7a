"""Looking for a quote in a page costs what reading the page costs, whatever the quote is."""

import json
import random
import re
import time
import zlib

import pytest

from services.gateway.documents.quote_locator import place_of
from shared.page_text import pack, page_of

PAGE = "a" * 300_000 + " "
HARD = {
    "repeated": ("a " * 2000 + "b", "a " * 150_000),
    "nearly there": ("a" * 3999 + "b", PAGE),
    "no space kept": (" ".join("ab" * 1000) + "c", "ab" * 150_000),
    "white space": ("a b", "a" + " " * 300_000 + "c"),
    "patterns": (".*(a+)+$[b", "aaaa" * 75_000),
}


@pytest.mark.parametrize("kind", HARD)
def test_a_hard_quote_in_a_long_page_is_looked_for_in_a_moment(kind: str) -> None:
    began = time.thread_time()
    assert place_of(*HARD[kind])["start"] is None
    assert time.thread_time() - began < 0.5


def test_a_quote_is_found_where_it_stands_whatever_its_spaces() -> None:
    rng = random.Random(7)
    for _ in range(300):
        text = "".join(rng.choice("ab年 \n") for _ in range(40))
        start = rng.randrange(30)
        piece = text[start : start + 8]
        found = place_of(re.sub(r"\s+", rng.choice([" ", "\n", ""]), piece), text)
        if piece.split():
            assert "".join(text[found["start"] : found["end"]].split()) == "".join(piece.split())


def test_one_page_is_read_without_the_others_and_an_older_form_still_opens() -> None:
    pages = [(1, '一\n[2, "forged"]'), (2, "two"), (30, "")]
    for data in (pack(pages), zlib.compress(json.dumps(pages).encode())):
        assert [page_of(data, n) for n in (1, 2, 3, 30)] == [pages[0][1], "two", None, ""]
