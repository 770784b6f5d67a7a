"""Removes from a question the words that ask for a form of answer."""

import re
from functools import cache

from services.retrieval.text.tokenizer import terms

COUNTED_LITTLE = """answer answers answering question respond response please help us want give tell explain find
    describe much many best can could should would may we you i me our my your according using utilizing
    used only primarily clearly outlined shown stated provided based basing referencing assuming perspective standpoint
    calculate calculated compute computed extract round rounded about some between mentioned
    请 根据 回答 计算 告诉 说明 一下 介绍 列出 多少 怎么办 需要 可以 能 我 我们 你 您 要 几"""


@cache
def fillers() -> frozenset[str]:
    """The terms that count little; the dictionary is read at the first use."""
    return frozenset(terms(COUNTED_LITTLE))


# In these, words that matter elsewhere do not: an agreement, an account, an item of a line.
PHRASES = re.compile(
    r"""\b(?:
        in\ agreement\ with | tak(?:e|ing)\ into\ account | line\ items? | draw(?:n|ing)\ conclusions
        | (?:the\ )?(?:information|details?|data)\ (?:that\ (?:is|are)\ )?
          (?:provided|shown|stated|outlined|given|found|within|in)(?:\ only)?(?:\ (?:primarily|within|in|by))?
        | (?:clearly|primarily)\ (?:shown|outlined|stated) | base\ (?:your|the)\ (?:judge?ments?|answer|response)
        | answer\ the\ following\ question
        | answer\ in\ (?:units\ of\ )?(?:us\ dollars?|usd)?\ ?(?:thousand|million|billion)s?
        | (?:in\ )?units?\ of\ (?:percents?|percentages?|usd|dollars)
        | round(?:ed)?\ (?:your\ |the\ )?(?:answer\ |result\ )?(?:off\ )?to\ \w+
          \ (?:decimal|significant)\ (?:places?|digits?|figures?)
        | (?:address|respond\ to|approach)\ the\ question(?:\ asked)? | to\ the\ best\ of\ your\ (?:ability|abilities)
        | who\ (?:can\ )?only\ (?:has|have|use)\ (?:access\ to)? | here['’]s\ the\ question | (?:help|tell)\ (?:me|us)
        | (?:an?\ )?(?:investment\ )?(?:banking\ )?analyst\ who
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def bare(question: str) -> str:
    """The question without them; as it is when nothing else is left."""
    left = " ".join(PHRASES.sub(" ", question).split())
    return left if re.search(r"\w", left) else question
