"""BM25 weights of chunks (title, headings, text) and questions."""

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from services.retrieval.query.stop_phrases import bare, fillers
from services.retrieval.query.synonyms import meant
from services.retrieval.query.title_terms import named, quoted
from services.retrieval.text.tokenizer import HAN, load, of_figures, terms

__all__ = ["HAN", "Sparse", "document", "load", "question", "terms"]

# Another number makes another index: the terms of stored chunks have changed.
TEXT_VERSION = 4
K1, B, AVERAGE = 1.0, 0.5, 256  # BM25's saturation, length share, and a usual chunk's number of terms
TITLE = 2.0  # what a question's term counts where it stands in a title, beside 1 in the text
USUAL = 8  # terms in a heading's path; in a longer one each says less
FILLER = 0.1  # of a word that tells how to answer
QUOTED = 2.0  # of a word inside a quoted phrase
ALSO, NAMES = 0.5, 0.3  # of another word for the same; of a statement's other names in the text
STATEMENT, LINE = 0.6, 0.25  # … in a heading, asked for by a statement's name or by one of its lines
Weights = dict[str, float]


class Sparse(NamedTuple):
    """A sparse vector: 32-bit term hashes and their weights; the engine multiplies with IDF."""

    indices: list[int]
    values: list[float]


def document(text: str, title: str = "", heading: Sequence[str] = ()) -> Sparse:
    """The BM25 vector of a stored text; the words of its title and headings are terms of their own beside."""
    (own, called), (above, under) = _title(title), _heading(" > ".join(heading))
    counts = Counter(map(_hash, chain(own, above, terms(text))))
    norm = K1 * (1 - B + B * counts.total() / AVERAGE)
    weights = [n * (K1 + 1) / (n + norm) for n in counts.values()]
    share = 2 / (1 + len(under) / USUAL)
    # Of two terms with one hash, one in four thousand million, the later counts.
    found = dict(zip(counts, weights, strict=True)) | dict.fromkeys(called, 1.0) | dict.fromkeys(under, share)
    return Sparse(list(found), list(found.values()))


@lru_cache(256)
def question(text: str) -> Sparse:
    """The BM25 vector of a question: its own terms once, and what else they may be called."""
    own, meaning = asked(text), meant(text)
    plain = dict.fromkeys(meaning.also, ALSO) | dict.fromkeys(meaning.statements, NAMES) | own
    title = dict.fromkeys(named(text), TITLE) | {term: TITLE * weight for term, weight in own.items()}
    heading = dict.fromkeys(meaning.lines, LINE) | dict.fromkeys(meaning.statements, STATEMENT)
    return _sparse(plain | _in("title", title) | _in("heading", heading))


@lru_cache(256)  # as search terms and as evidence; nobody changes them
def asked(text: str) -> Weights:
    """A question's own terms: what it quotes counts more, and what only tells how to answer less."""
    respelled, parts = of_figures(text)
    weights = dict.fromkeys(terms(text), FILLER)
    weights |= {term: FILLER if term in fillers() else 1.0 for term in terms(bare(text))}
    # Another spelling of a figure is no second question.
    weights |= dict.fromkeys(respelled, ALSO)
    # 第21条 and 2024年3月8日 are asked for whole: every other article has 第 and 条, too, every other day 月 and 日.
    weights |= dict.fromkeys(parts, FILLER)
    return weights | {term: QUOTED for phrase in quoted(text) for term in terms(phrase)}


@lru_cache(1024)
def _title(title: str) -> tuple[Sequence[str], Sequence[int]]:
    """Its terms, and the hashes of its names in the field of titles; hardly ever other ones twice in a row."""
    return terms(title), hashes(f"title:{term}" for term in named(title))


@lru_cache(1024)
def _heading(path: str) -> tuple[Sequence[str], Sequence[int]]:
    """Its terms, and their hashes in the field of headings."""
    above = terms(path)
    return above, hashes(f"heading:{term}" for term in above)


@lru_cache(65_536)
def _hash(term: str) -> int:
    return zlib.crc32(term.encode())


def hashes(told: Iterable[str]) -> list[int]:
    """Terms as the index knows them, 32 bits each, in order and once."""
    return list(dict.fromkeys(map(_hash, told)))


def _in(field: str, weights: Mapping[str, float]) -> Weights:
    return {f"{field}:{term}": weight for term, weight in weights.items()}


def _sparse(weights: Mapping[str, float]) -> Sparse:
    hashed: dict[int, float] = {}
    for term, weight in weights.items():
        index = _hash(term)
        hashed[index] = hashed.get(index, 0.0) + weight
    return Sparse(list(hashed), list(hashed.values()))
