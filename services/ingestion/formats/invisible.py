"""Removes invisible characters from text and counts them by kind."""

import re
from collections import Counter

# Of this process, which reads one file: what was taken out of it, in characters, rows, sheets and slides.
taken: Counter[str] = Counter()

# One selector after a character picks its form; more of them carry words that nobody sees.
FORMS = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
TAGS = re.compile(f"[\U000e0000-\U000e007f]|(?<={FORMS}){FORMS}")
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]")
INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2065\u3164\uffa0]")
# More empty lines than these say no more.
EMPTY, BLANK = "\n" * 10, re.compile(r"\n{11,}")
COUNTED = {"tags": TAGS, "bidi": BIDI, "invisible": INVISIBLE}
# Those, and what is no word either: controls, soft hyphens, selectors and the byte order mark.
UNSEEN = re.compile(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\ufeff\ufffe\uffff\U000e0000-\U000e007f]|{FORMS}|{BIDI.pattern}|{INVISIBLE.pattern}"
)


def clean(text: str) -> str:
    """Text without carriage returns and characters that nobody can see."""
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    if EMPTY in text:
        text = BLANK.sub(EMPTY, text)
    if not UNSEEN.search(text):
        return text
    for kind, sign in COUNTED.items():
        take(kind, len(sign.findall(text)))
    return UNSEEN.sub("", text)


def take(kind: str, count: int) -> None:
    """Count what was taken out; nothing is not counted."""
    if count:
        taken[kind] += count
