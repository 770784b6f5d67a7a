"""What is done in each product: five tasks of a person, and what a colleague may read afterwards."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from typing import Protocol

from bench.tasks.person import Done, Person

FACT = "13.2 billion"
QUESTION = "Kenvue: what cash proceeds did the Company generate as result of the Kenvue debt offering?"
WORD = "Kenvue"  # by which the question is found again
OTHERS = tuple(
    f"What does the report say about {thing}?"
    for thing in ("stores", "dividends", "packaging", "snacks", "salons", "hotels", "shoes", "tariffs")
)
PATIENCE = 10.0  # seconds in which a right is expected to be gone
PAUSE = 0.2  # seconds between two looks
Reads = dict[str, Callable[[], bool]]


class Product(Protocol):
    """Each task starts on the product's first page, as an administrator who is signed in."""

    name: str
    person: Person

    def begin(self, n: int) -> None:
        """An empty collection among others, that a colleague may read and ask."""

    def start(self) -> None:
        """The first page, at rest."""

    def add(self, files: Sequence[Path]) -> None:
        """Until all of them can be asked."""

    def ask(self, question: str) -> None:
        """A new question of the collection, until its answer is whole."""

    def open_source(self) -> None:
        """From the answer to the passage that it rests on."""

    def find(self, word: str) -> None:
        """An earlier answer among others, until it is read."""

    def colleague(self) -> Reads:
        """The colleague asks and is shown the answer; then, what they can read, each to be tried again."""

    def take_away(self) -> None:
        """The colleague's right to the collection, until the page shows that it is gone."""

    def end(self) -> None:
        """Remove the collection."""


def lost(reads: Reads, act: Callable[[], Done], last: Callable[[], float]) -> tuple[Done, dict[str, float | None]]:
    """What `act` took, and the seconds from its last step until each is refused; None where it can still be read."""
    refused: dict[str, float] = {}
    over = Event()

    def look() -> None:
        while len(refused) < len(reads) and not over.wait(PAUSE):
            left = [what for what in reads if what not in refused]
            refused.update({what: time.perf_counter() for what in left if not reads[what]()})

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        done = act()
        wait([looking], max(0.0, last() + PATIENCE - time.perf_counter()))
        over.set()
        looking.result()
    return done, {what: max(0.0, refused[what] - last()) if what in refused else None for what in reads}
