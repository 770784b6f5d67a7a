"""Pages and headings, as readers return them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ATX = re.compile(r"^(#{1,6})[ \t]+(\S.*)$")
FENCE = re.compile(r"^ {0,3}(```|~~~)")
NUMBERED = (
    (1, re.compile(r"^第[一二三四五六七八九十百零〇\d]{1,5}[编篇章部]\s*[^。，；,;]{0,40}$")),
    (2, re.compile(r"^第[一二三四五六七八九十百零〇\d]{1,5}节\s*[^。，；,;]{0,40}$")),
    (1, re.compile(r"^(PART|Part|CHAPTER|Chapter) ([IVX]+|\d+)\b[^.;]{0,80}$")),
    (2, re.compile(r"^(ITEM|Item|ARTICLE|Article|SECTION|Section) \d+[A-Z]?\b.{0,100}[^.;,\d]$")),
    (3, re.compile(r"^(NOTE|Note) \d+ ?[-–—:.] ?[A-Z].{0,90}[^.;,\d]$")),
)
FIRST = frozenset("第PCIASN")  # letters of them: most lines begin with another, and need no closer look
ITEMS = re.compile(r"^( *- [^\n]*)\n\n(?= *- )", re.M)
MARKUP = re.compile(r"[*_`]{1,3}|\s#+$|\\(?=\W)")


class Unreadable(Exception):
    """A file that cannot be read; `error` says why and what to do, `reason` is a stable code."""

    def __init__(self, reason: str, error: str) -> None:
        super().__init__(error)
        self.reason, self.error = reason, error


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line: where it starts in the page's text, its level from 1, its words."""

    start: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page, slide or sheet; `number` counts from 1."""

    number: int
    text: str
    headings: tuple[Heading, ...] = ()


def joined(blocks: Iterable[str]) -> str:
    """Blocks of Markdown as one text; items of a list follow each other at once."""
    return ITEMS.sub(r"\1\n", "\n\n".join(blocks))


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line with the place where it starts."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line.rstrip()
        start += len(line)


def marked(text: str) -> Iterator[Heading]:
    """The headings of Markdown, outside fenced code."""
    fenced = False
    for start, line in lines(text):
        fenced ^= bool(FENCE.match(line))
        if not fenced and (match := ATX.match(line)):
            yield Heading(start, len(match[1]), titled(match[2]))


def numbered(text: str) -> Iterator[Heading]:
    """The headings of plain text: chapters, articles and notes by their numbers."""
    for start, line in lines(text):
        bare = line.strip()
        if bare[:1] not in FIRST or len(bare) > 120:
            continue
        if level := next((level for level, sign in NUMBERED if sign.match(bare)), 0):
            yield Heading(start, level, titled(bare))


def titled(words: str) -> str:
    """A heading's words without markup, at most 120 characters."""
    return " ".join(MARKUP.sub("", words).split())[:120]
