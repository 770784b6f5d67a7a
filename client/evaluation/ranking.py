"""Each question asked of each leg: at which rank its document came, and what came first instead."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from typing import Any
from unicodedata import normalize

from client.evaluation.dataset import Question
from client.sdk.models import Found
from shared.events import Leg

LEGS: tuple[Leg, ...] = ("fused", "dense", "bm25")
DEPTH = 50  # the most that a search gives
QUOTE = 200
Search = Callable[[str, Leg, int], list[Found]]


@dataclass(frozen=True)
class Ranked:
    """`ranks` count from 1; None: not among the first 50. `first` is what the fused search put on top."""

    line: int
    question: str
    document: str
    page: int | None
    language: str
    known: bool
    ranks: dict[str, int | None]
    first: dict[str, Any] | None

    def row(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)


class Ranking:
    """`near` pages before or after the right one count as right."""

    def __init__(self, search: Search, titles: Collection[str], near: int) -> None:
        self._search, self._near = search, near
        self._titles = {key(title) for title in titles}
        self._last = {last(title) for title in self._titles}

    def all(self, questions: Sequence[Question], threads: int, done: Callable[[], None]) -> list[Ranked]:
        """In the order of the questions; `done` is called after each."""
        with ThreadPoolExecutor(threads) as pool:
            sent = {pool.submit(self.one, question): question.line for question in questions}
            try:
                for future in as_completed(sent):
                    future.result()
                    done()
            finally:
                pool.shutdown(cancel_futures=True)
        return sorted((future.result() for future in sent), key=lambda ranked: ranked.line)

    def one(self, question: Question) -> Ranked:
        """A question, asked once of each leg."""
        found = {leg: self._search(question.question, leg, DEPTH) for leg in LEGS}
        ranks: dict[str, int | None] = {leg: self._rank(question, passages) for leg, passages in found.items()}
        top = found["fused"][0] if found["fused"] else None
        first = {"title": top.title, "page": top.page, "text": top.text[:QUOTE]} if top else None
        return Ranked(**question._asdict(), known=self._known(question.document), ranks=ranks, first=first)

    def _rank(self, question: Question, passages: Sequence[Found]) -> int | None:
        return next((n for n, passage in enumerate(passages, 1) if self._right(question, passage)), None)

    def _right(self, question: Question, passage: Found) -> bool:
        wanted, title = key(question.document), key(passage.title)
        if title != wanted and (wanted in self._titles or last(title) != wanted):
            return False
        return question.page is None or abs(passage.page - question.page) <= self._near

    def _known(self, document: str) -> bool:
        return key(document) in self._titles or key(document) in self._last


def key(title: str) -> str:
    """Titles are compared in one Unicode form: file systems write accents in two ways."""
    return normalize("NFC", title)


def last(title: str) -> str:
    """The name without its folders, which is enough when no document is called so whole."""
    return title.rpartition("/")[2]
