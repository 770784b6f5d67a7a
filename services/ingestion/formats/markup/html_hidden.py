"""Removes from HTML what a browser would not show."""

import re
from collections import Counter

from services.ingestion.formats.invisible import take
from services.ingestion.formats.markup.html_colours import faint, lost
from services.ingestion.formats.markup.html_copy import HtmlCopy
from services.ingestion.formats.markup.html_styles import COLOUR, UNSHOWN, StyleSheet, ground_of

# Without one of these nothing is hidden.
SIGNS = re.compile(r"\bhidden\b|display\s*:\s*none|opacity\s*:\s*0|font-size|color\s*[:=]|:\s*-\d{4}", re.I)
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# An end tag may be left out before the next of these.
LOOSE = {"p", "li", "td", "th", "tr", "dt", "dd", "option"}
UNCOUNTED = {"script", "style"}


def visible(text: str) -> str:
    """The text itself when nothing in it is hidden."""
    if not SIGNS.search(text):
        return text
    return _Reader(text).copied(text)


class _Reader(HtmlCopy):
    """Copies what is shown. `_below` are the open tags within the outermost hidden one, `_around` all open ones: with
    each, the ground that its letters stand on.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._below: list[str] = []
        self._around: list[tuple[str, str]] = []
        self._counts = Counter[str]()  # of each tag around: looking for an end without a beginning would take long
        self._sheet = StyleSheet.of(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._enter(tag, facts)
        if self._below:
            if tag in LOOSE and self._below[-1] == tag:
                self._below.pop()
            if self._below and tag not in VOID:
                self._below.append(tag)
        elif tag not in VOID and tag != "body" and self._hides(facts):
            self._below.append(tag)
        if not self._below:
            self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        ended = self._counts[tag] > 0
        self._leave(tag)
        if not self._below:
            self.out.append(f"</{tag}>")
        elif ended and tag in self._below:
            del self._below[len(self._below) - 1 - self._below[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self._below and self._below[-1] not in UNCOUNTED:
            take("hidden", len("".join(data.split())))
        super().handle_data(data)

    def keep(self, text: str) -> None:
        if not self._below:
            self.out.append(text)

    def _hides(self, facts: dict[str, str]) -> bool:
        style, names = facts.get("style", ""), _named(facts)
        colour = COLOUR.search(style)
        text = colour[1] if colour else facts.get("color") or self._sheet.colour(names)
        unseen = faint(text) or lost(text, self._around[-1][1] if self._around else "")
        return "hidden" in facts or unseen or bool(UNSHOWN.search(style) or names & self._sheet.unshown)

    def _enter(self, tag: str, facts: dict[str, str]) -> None:
        if tag in LOOSE and self._around and self._around[-1][0] == tag:
            self._leave(tag)
        own = ground_of(facts) or self._sheet.ground(_named(facts) | {tag})
        self._around.append((tag, own or (self._around[-1][1] if self._around else "")))
        self._counts[tag] += 1

    def _leave(self, tag: str) -> None:
        """What was left open within it ends with it; an end without a beginning says nothing."""
        ended = "" if self._counts[tag] else tag
        while ended != tag:
            ended, _ = self._around.pop()
            self._counts[ended] -= 1


def _named(facts: dict[str, str]) -> set[str]:
    return {f".{name}" for name in facts.get("class", "").split()} | {f"#{facts.get('id', '')}"}
