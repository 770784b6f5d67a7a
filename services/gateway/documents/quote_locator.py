"""Locates a quote in a page, tolerating other white space, and then other punctuation and markup."""

import re

# A quote of a table's row has dots where the page has bars, and one of Markdown lacks its marks.
READINGS = (re.compile(r"\S+"), re.compile(r"[^\W_]+"))


def place_of(quote: str, text: str) -> dict[str, int | None]:
    """`start` and `end` in characters, both None when it is not there. Takes time in proportion to the text."""
    for run in READINGS:
        wanted = "".join(run.findall(quote))
        at = "".join(run.findall(text)).find(wanted) if wanted else -1
        if at >= 0:
            start, last = _places(run, text, at, at + len(wanted) - 1)
            return {"start": start, "end": last + 1}
    return {"start": None, "end": None}


def _places(run: re.Pattern[str], text: str, *wanted: int) -> list[int]:
    """Where in a text the characters of these numbers stand, counted in its runs alone, in rising order."""
    found, seen, left = list[int](), 0, list(wanted)
    for one in run.finditer(text):
        while left and left[0] < seen + len(one[0]):
            found.append(one.start() + left.pop(0) - seen)
        if not left:
            break
        seen += len(one[0])
    return found
