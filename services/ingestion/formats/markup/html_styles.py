"""What a page's own style sheets say of colours, and of what is not shown."""

import re
from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple, Self

from services.ingestion.formats.markup.html_colours import faint

UNSHOWN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:[;!]|$)"
    r"|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt)?\s*(?:[;!]|$)|(?:text-indent|left|top)\s*:\s*-\d{4}",
    re.I,
)
COLOUR = re.compile(r"(?<![-\w])color\s*:\s*([^;!]+)", re.I)
GROUND = re.compile(r"background(?:-color|-image)?\s*:\s*([^;!]+)", re.I)
PICTURE = re.compile(r"url\(|gradient\(", re.I)
CLIPPED = re.compile(r"background-clip\s*:\s*text", re.I)  # letters that show their ground
ELSEWHERE = re.compile(r"<link[^>]{1,500}stylesheet|@import", re.I)
SHEET = re.compile(r"<style[^>]*>(.*?)</style", re.I | re.S)
MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
ALONE = re.compile(r"[.#][\w-]+")  # a class or an id
APART = re.compile(r"[\s>+~]+")  # elements of a selector
PIECE = re.compile(r"(?:^|[.#])[\w-]+")
UNKNOWN = "?"  # a ground that letters of any colour may show on


class StyleSheet(NamedTuple):
    """What holds always, not only on some media: by class (`.a`), id (`#a`) or tag.

    Where rules do not agree, or one is for some places only, letters count as shown.
    """

    unshown: Set[str]
    grounds: Mapping[str, str]
    colours: Mapping[str, str]

    @classmethod
    def of(cls, page: str) -> Self:
        """Letters keep their colours where a style sheet elsewhere may put a ground behind them."""
        unshown, grounds, colours = set[str](), dict[str, str](), dict[str, str]()
        elsewhere = ELSEWHERE.search(page) is not None
        for selector, rule in _rules(page):
            alone = ALONE.fullmatch(selector) is not None
            if ground := ground_of({"style": rule}):
                named = [selector] if alone else PIECE.findall(APART.split(selector)[-1])
                grounds |= dict.fromkeys(named, ground if alone else UNKNOWN)
            if alone and UNSHOWN.search(rule):
                unshown.add(selector)
            if alone and not elsewhere and (found := COLOUR.search(rule)) and not CLIPPED.search(rule):
                colours[selector] = found[1]
        return cls(unshown, grounds, colours)

    def ground(self, names: Set[str]) -> str:
        """Empty where these have none."""
        found = {self.grounds[name] for name in names if name in self.grounds}
        return found.pop() if len(found) == 1 else UNKNOWN if found else ""

    def colour(self, names: Set[str]) -> str:
        """Empty where these have none, or not one."""
        found = {self.colours[name] for name in names if name in self.colours}
        return found.pop() if len(found) == 1 else ""


def ground_of(facts: Mapping[str, str]) -> str:
    """The colour behind an element's letters; empty where it shows what is behind it."""
    found = GROUND.search(facts.get("style", ""))
    ground = found[1] if found else facts.get("bgcolor", "")
    return UNKNOWN if PICTURE.search(ground) else "" if faint(ground) else ground


def _rules(page: str) -> Iterator[tuple[str, str]]:
    """Selectors, each with what it gives."""
    for sheet in SHEET.findall(page):
        for selectors, rules in RULE.findall(MEDIA.sub("", sheet)):
            for selector in selectors.split(","):
                yield selector.strip(), rules
