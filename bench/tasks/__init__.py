"""`python -m bench tasks`: steps and seconds of five tasks in the page, beside other products that are running.

`OPEN_WEBUI_URL` and `ANYTHING_LLM_URL` name them, each fresh, without a user; its administrator is made here."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from bench.corpora import DATA
from bench.system import system
from bench.tables import table
from bench.tasks.anything_llm import AnythingLlm
from bench.tasks.cloister import Cloister
from bench.tasks.open_webui import OpenWebUi
from bench.tasks.person import Done
from bench.tasks.product import FACT, PATIENCE, QUESTION, WORD, Product, lost
from bench.tasks.stand_in import stand_in
from tests.support.company import Company
from tests.web.conftest import ARGS, CHROMIUM

ROUNDS = int(os.environ.get("CLOISTER_BENCH_ROUNDS", "5"))
TOO_LONG = ("AMCOR_2023Q2_10Q.pdf", "BESTBUY_2024Q2_10Q.pdf")
TASKS = ("add ten files", "ask a question of them", "open the source", "find an earlier answer", "take the right away")
Gone = dict[str, float | None]


def main() -> None:
    """All products take turns, round by round."""
    files = [path for path in sorted((DATA / "financebench").glob("*.pdf")) if path.name not in TOO_LONG]
    assert len(files) == 10, f"ten files are needed in {DATA / 'financebench'}"
    done: dict[str, list[list[Done]]] = {}
    gone: dict[str, list[Gone]] = {}
    with running() as products:
        for n in range(ROUNDS):
            for product in products:
                tasks, left = played(product, n, files)
                done.setdefault(product.name, []).append(tasks)
                gone.setdefault(product.name, []).append(left)
                print(product.name, n + 1, *(f"{one.seconds:.2f}" for one in tasks), left, file=sys.stderr)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    table(f"Steps, and seconds: median of {ROUNDS}; load {load}", ("task", *done), task_rows(done))
    table(f"Seconds from the last step until the colleague is refused, at most {PATIENCE:.0f}", *gone_rows(gone))


@contextmanager
def running() -> Iterator[list[Product]]:
    """Cloister, and the others that are named, with the same model and embedder."""
    with ExitStack() as stack:
        engine = stack.enter_context(stand_in(FACT))
        embedder = "tests.services.support.word_embedder:WordModel"
        started = system(engine="openai", engine_url=engine, model="reader", planner="off", embedder=embedder)
        system_ = stack.enter_context(started)
        playwright = stack.enter_context(sync_playwright())
        browser = stack.enter_context(playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS))
        yield [Cloister(browser, Company(system_)), *_others(browser, engine)]


def _others(browser: Browser, engine: str) -> Iterator[Product]:
    if url := os.environ.get("OPEN_WEBUI_URL"):
        yield OpenWebUi(browser, url, engine)
    if url := os.environ.get("ANYTHING_LLM_URL"):
        yield AnythingLlm(browser, url, engine)


def played(product: Product, n: int, files: list[Path]) -> tuple[list[Done], Gone]:
    """The five tasks one after the other, and what the colleague lost."""
    product.begin(n)
    does, done = product.person.does, []
    product.start()
    done.append(does(lambda: product.add(files)))
    product.start()
    done.append(does(lambda: product.ask(QUESTION)))
    done.append(does(product.open_source))
    product.start()
    done.append(does(lambda: product.find(WORD)))
    reads = product.colleague()
    for what, may in reads.items():
        assert may(), f"{product.name}: the colleague cannot {what}"
    product.start()
    last, left = lost(reads, lambda: does(product.take_away), lambda: product.person.last)
    product.end()
    return [*done, last], left


def task_rows(done: dict[str, list[list[Done]]]) -> list[list[str]]:
    """A row for each task: the steps and the median of the seconds of each product, and how many times the first's."""
    rows = []
    for n, task in enumerate(TASKS):
        cells, first = [], 0.0
        for rounds in done.values():
            seconds = median(tasks[n].seconds for tasks in rounds)
            first = first or seconds
            cells.append(f"{rounds[-1][n].steps} steps, {seconds:.2f} s, × {seconds / first:.1f}")
        rows.append([task, *cells])
    return rows


def gone_rows(gone: dict[str, list[Gone]]) -> tuple[list[str], list[list[str]]]:
    """The longest of each, or that it can still be read."""
    head = ["the colleague can", *gone]
    whats = [what for rounds in gone.values() for what in rounds[0]]
    return head, [[what, *(_longest(rounds, what) for rounds in gone.values())] for what in dict.fromkeys(whats)]


def _longest(rounds: list[Gone], what: str) -> str:
    values = [one.get(what, 0.0) for one in rounds if what in one]
    if not values:
        return ""
    return "still" if None in values else f"{max(value for value in values if value is not None):.2f}"
