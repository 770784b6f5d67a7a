"""Removes from HTML what a browser would not show."""

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser

from services.ingestion.formats.invisible import take
from services.ingestion.formats.markup.html_colours import faint, white

# Without one of these nothing is hidden.
SIGNS = re.compile(r"\bhidden\b|display\s*:\s*none|opacity\s*:\s*0|font-size|color\s*[:=]|:\s*-\d{4}", re.I)
UNSHOWN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:[;!]|$)"
    r"|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt)?\s*(?:[;!]|$)|(?:text-indent|left|top)\s*:\s*-\d{4}",
    re.I,
)
COLOUR = re.compile(r"(?<![-\w])color\s*:\s*([^;!]+)", re.I)
GROUND = re.compile(r"background(?:-color|-image)?\s*:\s*([^;!]+)", re.I)
RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
NAMED = re.compile(r"[.#][\w-]+")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# An end tag may be left out before the next of these.
LOOSE = {"p", "li", "td", "th", "tr", "dt", "dd", "option"}
UNCOUNTED = {"script", "style"}


def visible(text: str) -> str:
    """The text itself when nothing in it is hidden."""
    if not SIGNS.search(text):
        return text
    reader = _Reader(text)
    reader.feed(text)
    reader.close()
    return "".join(reader.shown)


class _Reader(HTMLParser):
    """Copies what is shown. `_below` are the open tags within the outermost hidden one, `_around` all open ones: with
    each, whether white letters can be read there.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.shown: list[str] = []
        self._below: list[str] = []
        self._around: list[tuple[str, bool]] = []
        self._counts = Counter[str]()  # of each tag around: looking for an end without a beginning would take long
        self._unshown = _names(text, lambda rules: bool(UNSHOWN.search(rules)))
        self._dark = _names(text, lambda rules: _ground({"style": rules}) is True)

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
            self.shown.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._keep(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        ended = self._counts[tag] > 0
        self._leave(tag)
        if not self._below:
            self.shown.append(f"</{tag}>")
        elif ended and tag in self._below:
            del self._below[len(self._below) - 1 - self._below[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self._below and self._below[-1] not in UNCOUNTED:
            take("hidden", len("".join(data.split())))
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._keep(f"<!{decl}>")

    def _keep(self, text: str) -> None:
        if not self._below:
            self.shown.append(text)

    def _hides(self, facts: dict[str, str]) -> bool:
        style = facts.get("style", "")
        colour = COLOUR.search(style)
        text = colour[1] if colour else facts.get("color", "")
        unseen = faint(text) or (white(text) and not (self._around and self._around[-1][1]))
        return "hidden" in facts or unseen or bool(UNSHOWN.search(style) or _named(facts) & self._unshown)

    def _enter(self, tag: str, facts: dict[str, str]) -> None:
        if tag in LOOSE and self._around and self._around[-1][0] == tag:
            self._leave(tag)
        own = True if _named(facts) & self._dark else _ground(facts)
        self._around.append((tag, self._around[-1][1] if own is None and self._around else bool(own)))
        self._counts[tag] += 1

    def _leave(self, tag: str) -> None:
        """What was left open within it ends with it; an end without a beginning says nothing."""
        ended = "" if self._counts[tag] else tag
        while ended != tag:
            ended, _ = self._around.pop()
            self._counts[ended] -= 1


def _named(facts: dict[str, str]) -> set[str]:
    return {f".{name}" for name in facts.get("class", "").split()} | {f"#{facts.get('id', '')}"}


def _ground(facts: dict[str, str]) -> bool | None:
    """Whether white letters can be read on it; None where it shows what is behind it."""
    found = GROUND.search(facts.get("style", ""))
    ground = found[1] if found else facts.get("bgcolor", "")
    return None if not ground or faint(ground) else not white(ground)


def _names(text: str, wanted: Callable[[str], bool]) -> set[str]:
    """Classes and ids that a style sheet of the page's own gives such rules always, not only on some media."""
    found: set[str] = set()
    for sheet in re.findall(r"<style[^>]*>(.*?)</style", text, re.I | re.S):
        for selector, rules in RULE.findall(re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", sheet)):
            if wanted(rules):
                found |= {one.strip() for one in selector.split(",") if NAMED.fullmatch(one.strip())}
    return found
