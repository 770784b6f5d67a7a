"""Scripts and languages of text: the one place that knows which characters are Chinese."""

import re

# Insides of a character class: Han with its extensions, kana, hangul.
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = r"\u3040-\u30ff"
HANGUL = r"\uac00-\ud7af"
CJK = HAN + KANA + HANGUL
_HAN, _WORD_CHARACTER = re.compile(f"[{HAN}]"), re.compile(r"\w")


def chinese(text: str) -> bool:
    """Whether to answer in Chinese: at least a quarter of the letters and digits are Chinese characters."""
    return han_characters(text) * 4 >= len(_WORD_CHARACTER.findall(text)) > 0


def embeds_as_chinese(text: str) -> bool:
    """Whether the Chinese embedding model reads it: more than a fifth of all characters are Chinese."""
    return han_characters(text) * 5 > len(text)


def han_characters(text: str) -> int:
    """How many Chinese characters the text has."""
    return len(_HAN.findall(text))
