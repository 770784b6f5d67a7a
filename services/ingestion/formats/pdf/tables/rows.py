"""Lines of a page as a person sees them, cut into pieces where there are gaps."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from services.ingestion.formats.pdf.tables.words import Word

FIGURE = re.compile(
    r"^[\s$€£¥￥(+\-–—−~<>≤≥±]*(\d[\d.,\s]*|[—–\-]+|N/?A|NM|nm|n/a)"
    r"(?:[)%‰€£¥元\s*xX†‡bps]|CL|cl|kg|mm|cm|km|MW|°C|EUR|USD)*(\(\w\)|\^\w+)?$"
)
VALUE = re.compile(r"^[$€£¥￥]?[(\-–—]?\d[\d.,]*\d?[)%]{0,2}$|^\(\d[\d.,–-]*\)$|^[—–-]$")
CURRENCIES, OPENING, CLOSING = ("$", "€", "£", "¥", "￥"), ("$(", "("), (")", "%", ")%", "%)")
AFTER_OPENING = re.compile(r"[\d(—–-]")
SPACED = re.compile(r"([$€£¥￥(]) (?=[\d(—])| (?=[)%])")
DAY, YEARS = re.compile(r"^\d{1,2},$"), re.compile(r"(19|20)\d\d\b")
DATE_GAP = 1.5  # of the type's height within `March 31, 2022`
SAME_BASE = 0.12  # of the type's height: baselines of one line
SMALL = 0.87  # of the height of a line's type: raised and lowered marks
WORD_GAP, CELL_GAP, FIGURE_GAP = 0.1, 0.62, 0.2  # of the type's height, at least, between words, pieces, figures
MANY = 20_000  # pairs of words that are compared
GLUED = 18  # of the type's height, at most, between a currency's sign and its figure


@dataclass(slots=True, eq=False)
class Piece:
    """Words without a gap between them; `left` and `right` leave out a currency's sign and what closes a figure."""

    words: list[Word]
    text: str
    size: float
    y: float
    x0: float
    x1: float
    left: float
    right: float
    figure: bool


def rows(words: Sequence[Word]) -> list[list[Word]]:
    """The words of each line, from the left, lines from the top; small marks beside a line belong to it."""
    lines = list[list[Word]]()
    for word in sorted(words, key=lambda word: (-word.y, word.x0)):
        if lines and abs(lines[-1][0].y - word.y) <= SAME_BASE * max(word.size, lines[-1][0].size):
            lines[-1].append(word)
        else:
            lines.append([word])
    sizes, taken = [_size(line) for line in lines], set[int]()
    for n in range(len(lines)):
        for k in range(n + 1, min(len(lines), n + 4)):
            # The smaller of two belongs to the larger.
            big, little = (n, k) if sizes[n] >= sizes[k] else (k, n)
            if n not in taken and k not in taken and _belongs(lines[little], lines[big], sizes[little], sizes[big]):
                lines[big] += lines[little]
                taken.add(little)
    return [sorted(line, key=lambda word: word.x0) for n, line in enumerate(lines) if n not in taken]


def _size(words: Sequence[Word]) -> float:
    """Height of the type of most words; rows of dots may be set in another."""
    return median([word.size for word in words if word.text.strip(".")] or [word.size for word in words])


def _belongs(little: list[Word], line: list[Word], size: float, big: float) -> bool:
    up = little[0].y - line[0].y
    beside = abs(up) < 0.22 * big
    if not beside and abs(up) < 0.4 * big:
        beside = _labelled(little, line) or _labelled(line, little)
    if not beside and not (size < SMALL * big and -0.3 * big < up < 0.6 * big):
        return False
    if len(little) * len(line) > MANY or any(a.x0 < b.x1 - 0.5 and b.x0 < a.x1 - 0.5 for a in little for b in line):
        return False
    return beside or 2 * sum(any(abs(a.x0 - b.x1) < 0.45 * b.size for b in line) for a in little) >= len(little)


def _labelled(label: list[Word], figures: list[Word]) -> bool:
    """Whether figures stand beside their label, which may be set a little higher."""
    first = next((word.text for word in figures if word.text not in CURRENCIES), "")
    return max(word.x1 for word in label) < figures[0].x0 and bool(AFTER_OPENING.match(first.lstrip("$€£¥￥")))


def pieces(row: Sequence[Word]) -> list[Piece]:
    """A line cut at gaps that are wider than between words, and between neighbouring figures."""
    base = Counter(round(word.y, 1) for word in row).most_common(1)[0][0]
    big = _size([word for word in row if abs(word.y - base) < 1])
    groups = list[list[Word]]()
    for word, following in zip(row, [*row[1:], None], strict=True):
        if groups and _together(groups[-1], word, big) and not _sign(word, following, big):
            groups[-1].append(word)
        else:
            groups.append([word])
    return [_piece(group, base, big) for group in groups]


def _together(group: list[Word], word: Word, big: float) -> bool:
    last = group[-1]
    gap = word.x0 - last.x1
    if not word.text.strip("."):
        return True
    if not last.text.strip(".") or last.text.endswith("...."):
        return False
    if gap > GLUED * big:
        return False
    opened = last.text in OPENING or (last.text in CURRENCIES)
    if word.text in CLOSING or (opened and len(group) == 1 and AFTER_OPENING.match(word.text)):
        return True
    if DAY.search(last.text) and YEARS.match(word.text) and gap < DATE_GAP * big:
        return True
    if gap >= CELL_GAP * big:
        return False
    figures = gap > FIGURE_GAP * big and VALUE.match(last.text) and VALUE.match(word.text)
    # `1 234 567` is one figure.
    return not figures or bool(re.fullmatch(r"\d{3}", word.text) and re.fullmatch(r"[-–]?\d{1,3}", last.text))


def _sign(word: Word, following: Word | None, big: float) -> bool:
    """Whether it is the sign of a currency that stands apart from its figure, in a column of its own."""
    if following is None or word.text not in CURRENCIES or not AFTER_OPENING.match(following.text):
        return False
    return following.x0 - word.x1 > CELL_GAP * big


def _piece(group: list[Word], base: float, big: float) -> Piece:
    shown = [word for word in group if word.text.strip(".")] or group if len(group) > 1 else group
    text = shown[0].text
    for last, word in pairwise(shown):
        close = word.x0 - last.x1 <= WORD_GAP * big
        if close and word.size < SMALL * big and word.y > base + 0.1 * big:
            text += ("^" if text[-1].isalnum() and word.text[0].isalnum() else "") + word.text
        else:
            text += word.text if close and word.line != last.line else " " + word.text
    if len(shown) > 1:
        text = SPACED.sub(r"\1", text)
    if text[-1] == "." and (len(shown) < len(group) or text.endswith("....")):
        text = text.rstrip(". ") or text
    first = next((word for word in shown if word.text not in CURRENCIES), shown[0])
    x1 = max(word.x1 for word in shown)
    right = x1 - (0.33 * big if text[-1] in ")%" else 0)
    return Piece(group, text, big, base, shown[0].x0, x1, first.x0, right, bool(FIGURE.match(text)))


def joined(a: Piece, b: Piece) -> Piece:
    """Two neighbouring pieces of a line as one."""
    return _piece(a.words + b.words, a.y, a.size)


def part(piece: Piece, words: list[Word]) -> Piece:
    """Some of a piece's words."""
    return _piece(words, piece.y, piece.size)
