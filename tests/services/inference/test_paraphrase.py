"""Long runs of a passage's words never leave a stream that may only sum it up."""

import pytest

from services.inference.output.paraphrase import QuotationFilter

PASSAGE = "Every employee of the northern plant is paid on the last working day of each month, without exception."
CHINESE = "北方工厂的全体员工均在每月最后一个工作日领取当月工资没有任何例外情况。"


def told(passages: list[str], text: str, size: int) -> str:
    paraphrase = QuotationFilter(passages)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    return "".join(map(paraphrase.feed, pieces)) + paraphrase.finish()


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_a_quotation_becomes_a_gap_and_keeps_its_mark(size: int) -> None:
    assert told([PASSAGE], f"It says: {PASSAGE} [1] That is all.", size) == "It says: … [1] That is all."
    assert told([CHINESE], f"规定：{CHINESE}[1]以上。", size) == "规定：… [1]以上。"


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_words_of_one_s_own_pass_as_they_are(size: int) -> None:
    text = "Pay comes monthly [1].\n\n- in all plants, on the last working day\n- 每月一次"
    assert told([PASSAGE, CHINESE], text, size) == text


def test_case_width_and_punctuation_hide_nothing() -> None:
    hidden = PASSAGE.upper().replace(" ", " - ").replace("MONTH", "ＭＯＮＴＨ")
    assert told([PASSAGE], hidden, 3).strip() == "…"


def test_a_short_passage_is_a_quotation_as_a_whole() -> None:
    assert (
        told(["The vault opens with osprey7."], "He said the vault opens with osprey7 today.", 4) == "He said … today."
    )


def test_without_passages_nothing_is_held_back() -> None:
    paraphrase = QuotationFilter([])
    assert [paraphrase.feed("a "), paraphrase.feed("word")] == ["a ", "word"]
