"""Decides by its form, in Chinese and English, whether a question refers to earlier ones."""

import re
from functools import cache, lru_cache
from mmap import ACCESS_READ, mmap

import jieba

from services.retrieval.query.follow_up_patterns import (
    ASKS,
    DOES,
    EMPTY,
    ENDS,
    FUNCTION,
    NAMED,
    OPENS,
    PARTICLES,
    PERSON,
    PHRASE,
    QUOTED,
    REFERS,
)
from services.retrieval.text.bm25 import HAN

OPENED, CLAUSE, REFERRED, BARE = 5, 3, 6, 3  # words of its own up to which a question of each form still leans
LONGEST = 200  # characters: who writes more says what it is about
BEFORE = 1.5  # words before "it" that cannot be what it stands for


def leans(question: str) -> bool:
    """Whether it can only be understood with what was asked before."""
    if len(question) > LONGEST:
        return False
    size, asks = weight(question), bool(ASKS.search(question))
    if not size:
        return True
    if OPENS.search(question) or ENDS.search(question):
        clause = (
            asks and not ENDS.search(question) and not re.search(r"\b(?:what|how) about\b", question, re.IGNORECASE)
        )
        return size <= (CLAUSE if clause else OPENED)
    if _refers(question):
        return size <= REFERRED
    if not asks:
        phrase = PHRASE.search(question) or re.search(r"[?？]\s*$", question)
        return bool(phrase) and size <= BARE
    return not _subject(question)


def weight(question: str) -> float:
    """How many words of its own it has; two Chinese characters are one."""
    latin = [word for word in re.findall(r"[^\W_]+(?:[-.'’][^\W_]+)*", _plain(question)) if word not in FUNCTION]
    return len([word for word in latin if not re.search(HAN, word)]) + len(_han(question)) / 2


def names(question: str) -> bool:
    """Whether it names a thing of its own, and does not point at one that was named before."""
    if REFERS.search(question):
        return False
    return bool(_latin(question)) or any(tag(word).startswith("n") for word in jieba.cut(_han(question)))


def person(question: str) -> bool:
    """Whether it speaks of somebody whom the last answer may have named."""
    return bool(PERSON.search(question))


@lru_cache(1024)
def tag(word: str) -> str:
    """What the dictionary says a Chinese word is: `ns` a place, `v…` a verb; nothing when it is not in it."""
    kept = _dictionary()
    at = kept.find(f"\n{word} ".encode())
    return "" if at < 0 else kept[at + 1 : kept.find(b"\n", at + 1)].rpartition(b" ")[2].decode()


def _refers(question: str) -> bool:
    """Whether it points at something that it does not name itself before."""
    found = REFERS.search(QUOTED.sub("", question))
    if found is None or EMPTY.search(question):
        return False
    before = found.string[: found.start()]
    return not NAMED.search(before) and weight(before) < BEFORE


def _subject(question: str) -> bool:
    """Whether anything beside verbs is left of it: what has a subject stands alone."""
    if re.search(r"[^\W_]", _latin(question)):
        return True
    return any(not tag(word).startswith("v") for word in jieba.cut(_han(question)))


def _latin(question: str) -> str:
    words = re.findall(r"[^\W_]+(?:[-.'’][^\W_]+)*", _plain(question))
    return " ".join(word for word in words if word not in FUNCTION and not DOES.fullmatch(word))


def _plain(question: str) -> str:
    return re.sub(HAN, " ", question).lower()


def _han(question: str) -> str:
    return "".join(re.findall(HAN, PARTICLES.sub(" ", REFERS.sub(" ", question))))


@cache
def _dictionary() -> mmap:
    with jieba.get_dict_file() as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ)
