"""Names in titles and questions, written apart or together, and quoted terms."""

import re
from itertools import pairwise

from services.retrieval.text.tokenizer import STOPPED, folded, stemmed, terms

# `BestBuy2019` and `BEST_BUY-2019.pdf` are three words each.
JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z]{3})(?=\d)|(?<=\d)(?=[A-Z][a-z])|_")
LATIN = re.compile(r"[a-z]+")
QUOTES = re.compile(r"“([^“”]{2,80})”|「([^「」]{2,80})」|『([^『』]{2,80})』|《([^《》]{2,80})》|\"([^\"]{2,80})\"")


def named(text: str) -> list[str]:
    """The terms of a text, of its words as they are joined, and of two or three neighbours in one."""
    apart = JOINT.sub(" ", text)
    words = LATIN.findall(re.sub("['’]s?(?![a-z])", " ", folded(apart)))
    runs = [*pairwise(words), *zip(words, words[1:], words[2:], strict=False)]
    joined = [stemmed("".join(run)) for run in runs if not STOPPED & {run[0], run[-1]}]
    return list(dict.fromkeys([*terms(text), *terms(apart), *joined]))


def quoted(text: str) -> list[str]:
    """The phrases between quotation marks: “…”, "…", 「…」, 《…》."""
    return ["".join(found) for found in QUOTES.findall(text)]


def holds(text: str, phrase: str) -> bool:
    """Whether a text has the phrase word for word, whatever its width, case, script and line breaks."""
    return _close(phrase) in _close(text)


def _close(text: str) -> str:
    return re.sub(r"[\W_]+", " ", folded(text)).strip()
