"""One spelling of the amounts, dates and articles of a text: `$2.4m`, `240万` and `2,400,000` are `2400000`."""

import re
from collections.abc import Iterator

DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
DIGITS |= {sign: value for value, sign in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
LARGE = {"万": 10**4, "亿": 10**8}
NUMERAL = f"[{''.join(DIGITS)}{''.join(PLACES)}]"
WRITTEN = re.compile(rf"(?<!第)(?<!{NUMERAL})(?:{NUMERAL}{{1,7}}[万亿])*{NUMERAL}{{1,7}}[万亿]?(?![月年]|{NUMERAL})")
SCALES = {"thousand": 3, "million": 6, "millions": 6, "mn": 6, "mio": 6, "billion": 9, "billions": 9, "bn": 9, "mrd": 9}
SCALES |= {"trillion": 12, "tn": 12, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "万亿": 12}
LETTERS = {"k": 3, "m": 6, "mm": 6, "b": 9}  # at a currency alone: elsewhere they are metres
FIGURE = r"\d[\d.,]*\d|\d"
AMOUNT = re.compile(rf"(?<![a-z0-9_.,])({FIGURE}) ?({'|'.join(sorted(SCALES, key=len, reverse=True))})(?![a-z])")
CURRENCY = re.compile(
    rf"(?:[$€£¥]|(?<![a-z])(?:usd|eur|gbp|cny|rmb|chf|jpy|hkd) ?)({FIGURE})({'|'.join(LETTERS)})(?![a-z])"
)
LETTERED = re.compile(r"\d[kmb]")
# Groups of three that are not set apart by commas, which the tokenizer takes away itself.
GROUPED = re.compile(
    r"(?<![a-z0-9_.,])\d{1,3}(?:(?:[.'’\u00a0\u202f]\d{3})+|(?: \d{3}){2,})(?:[.,]\d{1,2})?(?![a-z0-9_]|[.,]\d)"
)
YEAR, MONTH, DAY = r"((?:19|20)\d\d)", r"(0?[1-9]|1[0-2])", r"(0?[1-9]|[12]\d|3[01])"
NAMES = {
    name: number
    for number, names in enumerate((
        "jan january januar", "feb february februar", "mar march marz maerz", "apr april", "may mai", "jun june juni",
        "jul july juli", "aug august", "sep sept september", "oct october oktober okt", "nov november",
        "dec december dezember dez",
    ), 1)
    for name in names.split()
}  # fmt: skip
# Looked for in every chunk: what stands before is looked at only where the rest fits, which is three times as fast.
NAMED = re.compile("|".join(sorted(NAMES, key=len, reverse=True)))
BEFORE = re.compile(r"(?<!\d)(\d\d?)(?:st|nd|rd|th|\.)? (?:of )?$")
AFTER = re.compile(rf"\.?(?: (\d\d?)(?:st|nd|rd|th)?)?,? {YEAR}(?!\d)")
YMD = re.compile(rf"{YEAR} ?[年./-] ?{MONTH}(?!\d)(?: ?[月./-] ?{DAY}(?!\d)日?)?")
DMY = re.compile(rf"(?<![\d.]){DAY}\. ?{MONTH}\. ?{YEAR}(?!\d)")
DOTTED_YEAR = re.compile(r"\d\. ?(?:19|20)\d\d")
HAN_DATE = re.compile(rf"([一二][〇零一二三四五六七八九]{{3}})年(?:({NUMERAL}{{1,2}})月(?:({NUMERAL}{{1,3}})日)?)?")
SHORT_YEAR = re.compile(r"(?<![a-z0-9])(?:fy|cy|[1-4]q|q[1-4] ?)['’]?(\d\d)(?!\d)")
ARTICLE = re.compile(rf"第 ?({NUMERAL}{{1,7}}|\d{{1,5}}) ?([条章节款项编页期届号])(?:之({NUMERAL}{{1,3}}|\d{{1,3}}))?")
# What is one figure though its parts are terms, too.
WHOLE = (ARTICLE, YMD, DMY, HAN_DATE, CURRENCY, GROUPED)
DIGIT = re.compile(r"\d")
MOST = 18  # digits of an amount: what is larger was not counted


def values(text: str) -> Iterator[str]:
    """The terms of a folded text's figures, beside those that are written."""
    if DIGIT.search(text):
        yield from _amounts(text)
        yield from _dates(text)
    if not text.isascii():
        yield from _numerals(text)


def canonical(figure: str) -> tuple[str, ...]:
    """`230,000.00` is `230000`; `1.250`, which may be either, is `1.25` and `1250`."""
    last = max(figure.rfind(","), figure.rfind("."))
    tail, marks = figure[last + 1 :], [sign for sign in figure if sign in ",."]
    whole = re.sub("[,.]", "", figure)
    if not marks:
        return (figure,)
    if len(marks) > 1 and len(set(marks)) == 1:
        return (whole,)
    grouped = len(tail) == 3 and not figure.startswith("0") and len(marks) == 1
    if grouped and marks[-1] == ",":
        return (whole,)
    decimal = f"{re.sub('[,.]', '', figure[:last])}.{tail}".rstrip("0").rstrip(".")
    return (decimal, whole) if grouped else (decimal,)


def _amounts(text: str) -> Iterator[str]:
    for figure, scale in AMOUNT.findall(text):
        yield from (_times(value, SCALES[scale]) or scale for value in canonical(figure))
    if LETTERED.search(text):
        for figure, scale in CURRENCY.findall(text):
            yield from filter(None, (_times(value, LETTERS[scale]) for value in canonical(figure)))
    for found in GROUPED.findall(text):
        yield canonical(re.sub("['’\\s]", "", found))[-1]


def _times(value: str, power: int) -> str:
    """A decimal number times a power of ten, without an exponent; empty when it is too large to mean anything."""
    whole, _, part = value.partition(".")
    digits = whole + part[:power].ljust(power, "0")
    rest = part[power:].rstrip("0")
    return "" if len(digits) > MOST else (digits.lstrip("0") or "0") + (f".{rest}" if rest else "")


def _dates(text: str) -> Iterator[str]:
    """`20240308` and `202403`."""
    for year, month, day in YMD.findall(text):
        yield from _date(year, int(month), day)
    for day, month, year in DMY.findall(text) if DOTTED_YEAR.search(text) else ():
        yield from _date(year, int(month), day)
    for name in NAMED.finditer(text):
        if after := AFTER.match(text, name.end()):
            before = BEFORE.search(text, max(0, name.start() - 9), name.start())
            yield from _date(after[2], NAMES[name[0]], after[1] or (before[1] if before else ""))
    yield from (f"20{year}" for year in SHORT_YEAR.findall(text))


def _date(year: str, month: int, day: str = "") -> Iterator[str]:
    if day and 0 < int(day) < 32:
        yield f"{year}{month:02}{int(day):02}"
    yield f"{year}{month:02}"


def _numerals(text: str) -> Iterator[str]:
    for number, kind, of in ARTICLE.findall(text):
        yield f"第{_value(number)}{kind}" + (f"之{_value(of)}" if of else "")
    for year, month, day in HAN_DATE.findall(text):
        yield (told := "".join(str(DIGITS[sign]) for sign in year))
        if month:
            yield from _date(told, _value(month), str(_value(day)) if day else "")
    for found in WRITTEN.findall(text):
        # A single sign is a digit, or part of a word; 千万 without a digit is one, too.
        if (
            len(found) > 1
            and any(sign in DIGITS or sign in "十拾" for sign in found)
            and not DIGITS.keys() >= set(found)
        ):
            yield str(_large(found))


def _value(numeral: str) -> int:
    """`一百零三` is 103, `二一` 21, `21` 21."""
    if numeral.isdecimal():
        return int(numeral)
    if all(sign in DIGITS for sign in numeral):
        return int("".join(str(DIGITS[sign]) for sign in numeral))
    total = digit = 0
    for sign in numeral:
        if sign in PLACES:
            total, digit = total + (digit or 1) * PLACES[sign], 0
        else:
            digit = DIGITS[sign]
    return total + digit


def _large(numeral: str) -> int:
    total = 0
    for part, scale in re.findall(rf"({NUMERAL}+)([万亿]?)", numeral):
        total += _value(part) * LARGE.get(scale, 1)
    return total
