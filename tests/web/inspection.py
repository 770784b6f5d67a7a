"""What a view is looked at for: axe's rules, and whether it fits its window."""

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

HEIGHT = 844  # px


def findings(page: Page) -> list[str]:
    """What axe finds, as lines; motion is let end first."""
    page.evaluate(
        "Promise.all(document.getAnimations().filter(a => a.effect.getTiming().iterations < 9).map(a => a.finished))"
    )
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def too_wide(page: Page, widths: Iterable[int]) -> list[str]:
    """The widths of a window (px) in which the page is wider than that."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{needed} px at {width} px")
    return found
