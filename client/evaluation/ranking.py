"""Asks each question of each leg, and finds the rank of its document."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from typing import Any
from unicodedata import normalize

from client.evaluation.dataset import Question
from client.sdk.models import FoundPassage
from shared.events import Leg

LEGS: tuple[Leg, ...] = ("fused", "dense", "bm25")
DEPTH = 50  # the most that a search returns
QUOTE = 200  # characters
Search = Callable[[str, Leg, int], list[FoundPassage]]


@dataclass(frozen=True)
class RankedQuestion:
    """`ranks` count from 1; None means not among the first 50. `first` is the top passage of the fused search."""

    line: int
    question: str
    document: str
    page: int | None
    language: str
    known: bool
    ranks: dict[str, int | None]
    first: dict[str, Any] | None

    def row(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


class Evaluator:
    """Up to `near` pages before or after the right one count as right."""

    def __init__(self, search: Search, titles: Collection[str], near: int) -> None:
        self._search, self._near = search, near
        self._titles = {key(title) for title in titles}
        self._last = {last(title) for title in self._titles}

    def all(self, questions: Sequence[Question], threads: int, done: Callable[[], None]) -> list[RankedQuestion]:
        """The ranks in the order of the questions; `done` is called after each."""
        with ThreadPoolExecutor(threads) as pool:
            sent = {pool.submit(self.one, question): question.line for question in questions}
            try:
                for future in as_completed(sent):
                    future.result()
                    done()
            finally:
                pool.shutdown(cancel_futures=True)
        return sorted((future.result() for future in sent), key=lambda ranked: ranked.line)

    def one(self, question: Question) -> RankedQuestion:
        """The ranks of one question, searched once by each leg."""
        found = {leg: self._search(question.question, leg, DEPTH) for leg in LEGS}
        ranks: dict[str, int | None] = {leg: self._rank(question, passages) for leg, passages in found.items()}
        top = found["fused"][0] if found["fused"] else None
        first = {"title": top.title, "page": top.page, "text": top.text[:QUOTE]} if top else None
        return RankedQuestion(**question._asdict(), known=self._known(question.document), ranks=ranks, first=first)

    def _rank(self, question: Question, passages: Sequence[FoundPassage]) -> int | None:
        return next((n for n, passage in enumerate(passages, 1) if self._right(question, passage)), None)

    def _right(self, question: Question, passage: FoundPassage) -> bool:
        wanted, title = key(question.document), key(passage.title)
        if title != wanted and (wanted in self._titles or last(title) != wanted):
            return False
        return question.page is None or abs(passage.page - question.page) <= self._near

    def _known(self, document: str) -> bool:
        return key(document) in self._titles or key(document) in self._last


def key(title: str) -> str:
    """The title in Unicode form C, because file systems write accents in two ways."""
    return normalize("NFC", title)


def last(title: str) -> str:
    """The name without folders, for titles that no document has in full."""
    return title.rpartition("/")[2]
