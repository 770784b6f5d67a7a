"""`python -m bench.page [FILES]`: how long the page keeps people waiting, in a real Chromium."""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from bench.system import system
from bench.tables import table
from tests.support.company import STAND_INS, Company
from tests.support.department import filled, staffed
from tests.web.conftest import ARGS, CHROMIUM
from tests.web.long_tasks import (
    FIRST_PAINT,
    long_tasks,
    observe,
    open_a_hundred_turns,
    stream_below_a_hundred_turns,
    turn_pages_while_streaming,
)
from tests.web.visitor import Visitors, drop, visit

FILES, PATIENCE = 1000, 900.0  # seconds
THINGS = ("pump", "kiln", "valve", "泵", "窑炉", "阀门")
TEXT = "{thing} {n}\n\nThe interval of maintenance is {days} days. 每{days}天维护一次。\n"
# A page that only takes the drop: what Chromium itself needs, for it asks another process for the type of each file.
BARE = """<!doctype html><title>bare</title><div class="documents" style="height: 600px"></div><script>
  for (const kind of ['dragover', 'drop']) addEventListener(kind, (event) => { event.preventDefault()
    if (kind === 'drop') document.body.innerHTML = '<ul class="uploads"><li>taken' }) </script>"""


def main(number: int = FILES) -> None:
    """Open a hundred turns, ask below them, turn pages of 5,000 documents, drop files and wait until all are found."""
    with sync_playwright() as playwright, TemporaryDirectory() as folder, system(each=False, **STAND_INS) as running:
        files = _written(Path(folder), number)
        company = Company(running)
        alice = staffed(company, filled(company)).alice
        with playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS) as browser:
            visitors = Visitors(browser, running.base)
            page = visitors.open(alice)
            page.locator("#question").wait_for()
            rows = [("first paint", f"{page.evaluate(FIRST_PAINT):.0f} ms")]
            rows += [("opening 100 turns", _told(_opened(page)))]
            rows += [("streaming below 100 turns", _told(stream_below_a_hundred_turns(page)))]
            rows += [("paging 5,000 documents", _told(turn_pages_while_streaming(visitors.open(company.admin))))]
            rows += [(f"{number:,} files, a page that does nothing", _told(_bare(browser, files)))]
            rows += _uploaded(company, visitors, files)
            print(*visitors.trouble, sep="\n")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    table(f"The page in Chromium, tasks over 50 ms (goal: none over 100); load {load}", ("what", "figure"), rows)


def _opened(page: Page) -> list[int]:
    observe(page)
    open_a_hundred_turns(page)
    return long_tasks(page)


def _told(long: list[int]) -> str:
    return f"{len(long)}; longest {', '.join(map(str, long[:5]))} ms" if long else "none"


def _written(folder: Path, number: int) -> list[str]:
    paths = [folder / f"note {n:04}.txt" for n in range(number)]
    for n, path in enumerate(paths):
        path.write_text(TEXT.format(thing=THINGS[n % len(THINGS)], n=n, days=n % 90))
    return [str(path) for path in paths]


def _bare(browser: Browser, files: list[str]) -> list[int]:
    page = browser.new_page()
    page.set_content(BARE)
    observe(page)
    drop(page, files)
    page.wait_for_timeout(500)  # until the observer has been told
    long = long_tasks(page)
    page.close()
    return long


def _uploaded(company: Company, visitors: Visitors, files: list[str]) -> list[tuple[str, str]]:
    workspace = company.workspace("many")
    page = visitors.open(company.admin)
    visit(page, "knowledge/documents")
    page.locator(".uploader select").select_option(workspace)
    observe(page)
    began = time.perf_counter()
    drop(page, files)
    page.wait_for_timeout(500)
    rows = [(f"{len(files):,} files dropped here", _told(long_tasks(page)))]
    observe(page)
    for status, what in (("", "sent"), ("indexed", "indexed")):
        seconds = _awaited(page, company, workspace, status, len(files)) - began
        rows.append((f"until all are {what}", f"{seconds:.0f} s"))
    page.get_by_text(f"{len(files):,} of {len(files):,} done").wait_for(timeout=120_000)
    return [*rows, ("while they were sent and indexed", _told(long_tasks(page)))]


def _awaited(page: Page, company: Company, workspace: str, status: str, number: int) -> float:
    """When so many documents are there, of a status if one is given."""
    which = f"workspace={workspace}&limit=1" + (f"&status={status}" if status else "")
    end = time.perf_counter() + PATIENCE
    while (found := company.admin.call("GET", f"/api/documents?{which}")["total"]) < number:
        assert time.perf_counter() < end, f"{found} of {number} after {PATIENCE:.0f} s"
        page.wait_for_timeout(1000)
    return time.perf_counter()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
