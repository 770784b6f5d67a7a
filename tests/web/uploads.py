"""`python -m tests.web.uploads [FILES]`: drops files on the page, and measures until all of them are found."""

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.system import system
from bench.tables import table
from tests.support.company import STAND_INS, Company
from tests.web.conftest import ARGS, CHROMIUM
from tests.web.test_speed import LONG_TASKS
from tests.web.visitor import Visitors, visit

FILES, PATIENCE = 1000, 900.0  # seconds
THINGS = ("pump", "kiln", "valve", "泵", "窑炉", "阀门")
TEXT = "{thing} {n}\n\nThe interval of maintenance is {days} days. 每{days}天维护一次。\n"


def main(number: int = FILES) -> None:
    """Drop, wait, print."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder, system(**STAND_INS) as running:
        files = _written(Path(folder), number)
        with playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS) as browser:
            visitors = Visitors(browser, running.base)
            _measured(Company(running), visitors, files)
            print(*visitors.trouble, sep="\n")


def _written(folder: Path, number: int) -> list[str]:
    paths = [folder / f"note {n:04}.txt" for n in range(number)]
    for n, path in enumerate(paths):
        path.write_text(TEXT.format(thing=THINGS[n % len(THINGS)], n=n, days=n % 90))
    return [str(path) for path in paths]


def _measured(company: Company, visitors: Visitors, files: list[str]) -> None:
    workspace = company.workspace("many")
    page = visitors.open(company.admin)
    visit(page, "knowledge/documents")
    page.locator(".uploader select").select_option(workspace)
    page.evaluate(LONG_TASKS)
    page.evaluate("long.length = 0")
    began = time.perf_counter()
    _drop(page, files)
    sent = _awaited(page, company, workspace, "", len(files)) - began
    indexed = _awaited(page, company, workspace, "indexed", len(files)) - began
    page.get_by_text(f"{len(files):,} of {len(files):,} done").wait_for(timeout=120_000)
    told = time.perf_counter() - began
    long = sorted(page.evaluate("long"), reverse=True)
    rows = [("seconds until all are sent", f"{sent:.0f}"), ("seconds until all are indexed", f"{indexed:.0f}")]
    rows += [("seconds until the page says so", f"{told:.0f}"), ("tasks over 50 ms", str(len(long)))]
    rows += [("longest tasks, ms", ", ".join(map(str, long[:5])) or "none")]
    table(f"{len(files):,} files dropped on the page", ("what", "figure"), rows)


def _drop(page: Page, files: list[str]) -> None:
    """As the browser does it: a drag from the desktop, let go over the list."""
    box = page.locator(".documents").bounding_box()
    assert box
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + 40}
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": files, "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "data": data} | place)
    page.locator(".uploads li").first.wait_for()


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
