"""Which script a text is in."""

import pytest

from shared.language import chinese, embeds_as_chinese, han_characters


@pytest.mark.parametrize(
    ("text", "answer", "embedding"),
    [
        ("年假有多少天？", True, True),
        ("What is the hotel limit in Europe?", False, False),
        ("QM-200 的油压是多少？", True, True),
        ("Who signs the 合同?", False, False),
        ("", False, False),
        ("𠮷野家", True, True),
        ("12.5", False, False),
    ],
)
def test_a_text_with_enough_chinese_is_chinese(text: str, answer: bool, embedding: bool) -> None:
    assert (chinese(text), embeds_as_chinese(text)) == (answer, embedding)


def test_kana_and_hangul_are_no_chinese_characters() -> None:
    assert han_characters("ひらがな 한국어 漢字") == 2
