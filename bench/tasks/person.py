"""A person before a page in a real Chromium, whose steps are counted."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Locator, Page

LONG = 400_000  # milliseconds that a step of a page may take


class Done(NamedTuple):
    """What a task took: steps, and seconds from the first step until its end is seen."""

    steps: int
    seconds: float


@dataclass
class Person:
    """A step is a click, a filled field, a pressed key, a choice from a list or a chosen set of files."""

    page: Page
    steps: int = 0
    last: float = 0.0  # when the last step was made

    def click(self, what: Locator) -> None:
        what.click()
        self._step()

    def write(self, where: Locator, text: str) -> None:
        where.fill(text)
        self._step()

    def type(self, where: Locator, text: str) -> None:
        """Key by key, where the page looks at each; one filled field all the same."""
        where.click()
        self.page.keyboard.type(text)
        self._step()

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self._step()

    def choose(self, where: Locator, option: str) -> None:
        where.select_option(option)
        self._step()

    def give(self, button: Locator, files: Sequence[Path]) -> None:
        """A click on what opens the system's own window, and the files chosen in it."""
        with self.page.expect_file_chooser() as opened:
            self.click(button)
        opened.value.set_files([str(path) for path in files])
        self._step()

    def _step(self) -> None:
        self.steps += 1
        self.last = time.perf_counter()

    def does(self, task: Callable[[], None]) -> Done:
        """Counted and timed; the task ends by waiting for what the person waits for."""
        before, began = self.steps, time.perf_counter()
        task()
        return Done(self.steps - before, time.perf_counter() - began)


def opened(browser: Browser, url: str, kept: dict[str, str]) -> Page:
    """A page of a site that keeps in the browser's storage who is signed in."""
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900}, locale="en-GB")
    # Playwright answers the older of the two windows in which a browser lets files be chosen.
    context.add_init_script("delete window.showOpenFilePicker")
    context.add_init_script(f"Object.assign(localStorage, {json.dumps(kept)})")
    context.set_default_timeout(LONG)
    return context.new_page()
