"""The tokenizer of every index: words of every script, numbers, amounts and codes."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain

import jieba
from opencc import OpenCC
from py_rust_stemmers import SnowballStemmer  # type: ignore[import-untyped]

from services.retrieval.text.figures import WHOLE, canonical, values
from shared import language

HAN = f"[{language.HAN}]"
# Kana, hangul, Thai, Lao, Burmese, Khmer: their words are not apart.
JOINED = r"[\u3040-\u30ff\uac00-\ud7a3\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
OTHER = rf"[^\W_{HAN[1:-1]}{JOINED[1:-1]}]"
SIGNED = r"(?<![a-z0-9])(?:[a-z](?:\+\+|#)|\.net)(?![a-z0-9])"  # C++, C#, .NET


def _pieces(other: str) -> str:
    return rf"{SIGNED}|\d[\d,]*(?:\.\d+)?(?![-./]?{other})%?|{other}+(?:[-./&'’]{other}+)*"


PIECES = re.compile(rf"{HAN}+|{JOINED}+|{_pieces(OTHER)}")
ASCII = re.compile(_pieces("[a-z0-9]"))  # of text in ASCII, which is looked through four times as fast
KINDS = re.compile(rf"(?P<han>{HAN}+)|(?P<joined>{JOINED}+)|(?P<number>\d[\d,]*(?:\.\d+)?%?)|(?P<word>.+)")
RAISED = re.compile("(?<=[A-Za-z0-9])[²³¹⁰-⁹]+")  # which a common width would join to the number before
# Codes and prefixes, which are written without their hyphen, too. Joined compounds (long-term) cost MRR .02.
HYPHENED = re.compile(r"[^\W\d_]{1,3}-[^\W\d_]{2,}|[^\W_]+-(?=[^\W_]*\d)[^\W_]+")
YEARS, DAYS = re.compile("(?:19|20)[0-9]{2}"), re.compile("(?:19|20)[0-9]{6}")
MARKS = re.compile("[\u0300-\u036f]")  # accents, once apart from their letters
FIRST = "\u0e00"  # of the scripts whose words are not apart
STOPPED = frozenset(
    re.findall(
        r"\S+",
        """a an and are as at be but by did do does for from had has have how if in into is it its of on or s such t
        that the their then there these they this to was were what when where which who whom whose why will with
        的 了 是 在 和 与 及 或 也 都 就 而 着 吗 呢 吧 啊 之 其 被 把 于 为 以
        什么 哪 哪些 哪个 哪里 怎么 怎样 如何 为什么 请问""",
    )
)


def terms(text: str) -> list[str]:
    """The terms of a text in order: `VPN-4012號` gives vpn-4012, vpn, 4012, vpn4012, 号."""
    plain = folded(text)
    return [*_written(plain), *values(plain)]


def of_figures(text: str) -> tuple[set[str], set[str]]:
    """Terms of amounts and dates that are not written in a text, and those that it has only as parts of a figure.

    `202403` of `March 2024`; `第`, `21` and `条` of `第21条`, `年`, `3`, `月`, `8` and `日` of `2024年3月8日`.
    """
    plain = folded(text)
    found, written = set(values(plain)), set(_written(plain))
    told = [match[0] for pattern in WHOLE for match in pattern.finditer(plain)]
    if not told:
        return found - written, set()
    rest = plain
    for part in told:
        rest = rest.replace(part, " ")
    whole = set(values(" ".join(told)))
    # A day is asked for, not its month and year; of a month alone the year stays.
    dated = {term[:size] for term in whole if DAYS.fullmatch(term) for size in (4, 6)}
    years = {term for term in written if YEARS.fullmatch(term)} - dated
    return found - written - whole, (written - set(_written(rest)) - found - years) | dated & (whole | written)


def _written(plain: str) -> Iterator[str]:
    if plain.isascii():
        return chain.from_iterable(map(_kept, ASCII.findall(plain)))
    # Long runs of Chinese hardly come again: they are not kept.
    return chain.from_iterable(_kept(piece) if piece < FIRST else _split(piece) for piece in PIECES.findall(plain))


def load() -> None:
    """Read the dictionaries now (half a second) instead of at the first text."""
    jieba.setLogLevel("WARNING")
    if not jieba.dt.initialized:
        jieba.dt.FREQ, jieba.dt.total = _counted()
        jieba.dt.initialized = True
    terms("準備 readiness")


def _counted() -> tuple[dict[str, int], int]:
    """Each word of jieba's dictionary, and each beginning of one (0). Its own reader and its cache take .2 s longer."""
    columns = jieba.dt.get_dict_file().read().decode().split()
    words, counts = columns[::3], [int(count) for count in columns[1::3]]
    beginnings = dict.fromkeys((word[:end] for word in words for end in range(1, len(word))), 0)
    return beginnings | dict(zip(words, counts, strict=True)), sum(counts)


def folded(text: str) -> str:
    """Text in one width, case and script: `ＡＢＣ 發票` is `abc 发票`."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", RAISED.sub(r"^\g<0>", text))
    simplified: str = _script().convert(unicodedata.normalize("NFKC", MARKS.sub("", apart)).casefold())
    return simplified


def _split(piece: str) -> tuple[str, ...]:
    """The terms of a piece without the stopped ones."""
    return tuple(term for term in _parts(piece) if term not in STOPPED)


_kept = lru_cache(32_768)(_split)  # of ten words nine were there before


def _parts(text: str) -> Iterator[str]:
    kind = KINDS.fullmatch(text)
    match kind and kind.lastgroup:
        case "han":
            yield from jieba.cut_for_search(text)
            # Pairs, too: what the dictionary cuts differently in question and text still meets (MRR .975 to .985).
            yield from (text[i : i + 2] for i in range(len(text) - 1))
        case "joined":
            yield from (text[i : i + 2] for i in range(max(1, len(text) - 1)))
        case "number":
            figures = canonical(text.rstrip("%"))
            yield from dict.fromkeys((*(f"{figure}%" for figure in figures if text[-1] == "%"), *figures))
        case _:
            yield from _words(text)


def stemmed(word: str) -> str:
    """A word without its ending: companies, company."""
    stem: str = _stemmer().stem_word(word)
    return stem


def _words(text: str) -> tuple[str, ...]:
    text = re.sub("['’]s?$", "", text)
    parts = re.split("[-./&'’]", text)
    stems = (stemmed(part) for part in parts if part and part not in STOPPED)
    joined = (stemmed(text.replace("-", "")),) if HYPHENED.fullmatch(text) else ()
    digits = (digits for part in parts if not part.isdigit() for digits in re.findall(r"\d{2,}", part))
    return (*((text,) if len(parts) > 1 else ()), *stems, *joined, *digits)


@cache
def _script() -> OpenCC:
    return OpenCC("t2s")


@cache
def _stemmer() -> SnowballStemmer:
    return SnowballStemmer("english")
