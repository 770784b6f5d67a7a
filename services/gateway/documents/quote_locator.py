"""Locates a quote in a page, tolerating other white space."""

import re


def place_of(quote: str, text: str) -> dict[str, int | None]:
    """`start` and `end` in characters, both None when it is not there. Takes time in proportion to the text."""
    wanted = "".join(quote.split())
    at = "".join(text.split()).find(wanted) if wanted else -1
    if at < 0:
        return {"start": None, "end": None}
    start, last = _places(text, at, at + len(wanted) - 1)
    return {"start": start, "end": last + 1}


def _places(text: str, *wanted: int) -> list[int]:
    """Where in a text its characters of these numbers stand, counted without white space, in rising order."""
    found, seen, left = list[int](), 0, list(wanted)
    for run in re.finditer(r"\S+", text):
        while left and left[0] < seen + len(run[0]):
            found.append(run.start() + left.pop(0) - seen)
        if not left:
            break
        seen += len(run[0])
    return found
