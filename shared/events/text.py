"""Cleans text that people wrote: nothing hidden, nothing that a page or terminal would act on."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator

# Zero-width, direction, tag and control characters hide text from readers; ESC would drive a terminal.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
# A space between these keeps what stood apart from becoming a link, a tag or an image.
APART = re.compile(r"\][(\[:]|<[a-z/!?]|!\[|www\.|://", re.IGNORECASE)
BREAKS = frozenset("\t\n\v\f\r\x85\u2028\u2029")


def visible(text: str) -> str:
    """The text without characters that nobody sees; line ends and tabs stay."""
    return HIDDEN.sub("", text)


def one_line(text: str) -> str:
    """The text on one line, without control and direction characters: a title, a heading, a name."""
    if text.isprintable():
        return text
    kept = (" " if c in BREAKS else "" if unicodedata.category(c)[0] == "C" else c for c in text)
    return re.sub(" {2,}", " ", "".join(kept)).strip()


def inert(text: str) -> str:
    """A document's own words for showing: images, tags and links fall apart by a space, and every character stays."""
    return APART.sub(_parted, visible(text))


def _parted(found: re.Match[str]) -> str:
    sign = found[0]
    return f"{sign[:-1]} {sign[-1]}" if sign != "://" else ": //"


def _label(text: str) -> str:
    return inert(one_line(text))


Title = Annotated[str, AfterValidator(one_line)]
Quote = Annotated[str, AfterValidator(inert)]  # a document's own words, shown beside an answer
Label = Annotated[str, AfterValidator(_label)]  # a title or heading, shown there too
