"""Pictures in the documentation: each that is shown exists, and each that exists is shown."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
SHOWN = re.compile(r"!\[[^\]]+\]\(([^)]+)\)|<img src=\"([^\"]+)\"[^>]* alt=\"[^\"]+\"")


def pictures() -> dict[Path, Path]:
    """Each picture that a page shows, with words for those who cannot see it, and that page."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return {
        (page.parent / (inline or html)).resolve(): page
        for page in pages
        for inline, html in SHOWN.findall(page.read_text())
        if "://" not in (inline or html)
    }


def test_every_picture_that_is_shown_exists() -> None:
    missing = {str(page.relative_to(ROOT)): path.name for path, page in pictures().items() if not path.exists()}
    assert missing == {}


def test_every_picture_is_shown_somewhere() -> None:
    unused = {path.name for path in IMAGES.iterdir()} - {path.name for path in pictures()}
    assert unused == set()
