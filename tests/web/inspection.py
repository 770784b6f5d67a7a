"""What a view is looked at for: axe's rules, and whether it fits its window."""

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

HEIGHT = 844  # px
# The page itself, what scrolls up and down, and tables: none may scroll sideways, and no button may be out of reach.
WIDER = """[...[document.documentElement, ...document.querySelectorAll('.page, .turns, .side, main .scroll')]
  .filter((one) => one.scrollWidth > one.clientWidth)
  .map((one) => `${one.className || 'page'} needs ${one.scrollWidth}`),
  ...[...document.querySelectorAll('main .rows button:not(.menu *)')]
  .filter((one) => !one.checkVisibility() || one.getBoundingClientRect().right > innerWidth)
  .map((one) => `${one.textContent || one.ariaLabel} is out of reach`)]"""


def findings(page: Page) -> list[str]:
    """What axe finds, as lines; motion is let end first."""
    page.evaluate(
        "Promise.all(document.getAnimations().filter(a => a.effect.getTiming().iterations < 9).map(a => a.finished))"
    )
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def too_wide(page: Page, widths: Iterable[int]) -> list[str]:
    """What is wider than its window, and in which widths of it (px)."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{place} at {width} px" for place in page.evaluate(WIDER)]
    return found
